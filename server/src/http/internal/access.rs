//! The callers that the internal door admits, by its address and its secrets.

use crate::door::DoorAddr;
use crate::secrets::{Secrets, VARIABLE};
use std::net::SocketAddr;

/// The rule for admission.
#[derive(Clone, Debug)]
pub struct Access {
    secrets: Secrets,
    /// True if the `Host` header must be a loopback name, so that a page whose name was
    /// made to point at this machine gets nothing.
    pub(super) needs_loopback_host: bool,
}

/// The door would be open to a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "--graphql-addr {0} is not a loopback address and needs a secret: \
     set --graphql-secret-file or {VARIABLE}"
)]
pub struct AccessError(SocketAddr);

impl Access {
    /// Returns the rule that an address needs.
    ///
    /// # Errors
    /// Returns [`AccessError`] if a network reaches the address and there is no secret.
    pub fn at(addr: &DoorAddr, secrets: Secrets) -> Result<Self, AccessError> {
        let needs_loopback_host = match addr {
            // A page in a browser does not know the secret.
            _ if !secrets.is_empty() => false,
            // A page in a browser cannot connect to a socket.
            DoorAddr::Unix(_) => false,
            DoorAddr::Tcp(_) if addr.is_local() => true,
            DoorAddr::Tcp(addr) => return Err(AccessError(*addr)),
        };
        Ok(Self {
            secrets,
            needs_loopback_host,
        })
    }

    /// Returns true if a caller with this secret is admitted.
    pub(super) fn opens_to(&self, secret: Option<&[u8]>) -> bool {
        self.secrets.is_empty() || secret.is_some_and(|secret| self.secrets.contain(secret))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: &str = "0123456789abcdef0123456789abcdef";
    const OLD: &str = "fedcba9876543210fedcba9876543210";

    fn addr(text: &str) -> DoorAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_network_needs_a_secret() {
        for (text, needs_secret) in [
            ("127.0.0.1:4000", false),
            ("unix:/run/security.sock", false),
            ("0.0.0.0:4000", true),
        ] {
            let addr = addr(text);
            let open = Access::at(&addr, Secrets::default());
            assert_eq!(open.is_err(), needs_secret, "{text}");
            assert!(Access::at(&addr, Secrets::parse(NEW).expect("a secret")).is_ok());
        }
    }

    #[test]
    fn the_new_secret_and_the_old_one() {
        let secrets = Secrets::parse(&format!("{NEW}\n{OLD}\n")).expect("secrets");
        assert_eq!(secrets.newest().as_deref(), Some(NEW));
        assert_eq!(format!("{secrets:?}"), "Secrets(2)");
        let access = Access::at(&addr("10.0.0.1:4000"), secrets).expect("access");
        for (secret, is_open) in [
            (Some(NEW), true),
            (Some(OLD), true),
            (Some(&NEW[1..]), false),
            (Some(""), false),
            (None, false),
        ] {
            let secret = secret.map(str::as_bytes);
            assert_eq!(access.opens_to(secret), is_open, "{secret:?}");
        }
    }
}
