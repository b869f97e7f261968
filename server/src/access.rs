//! Who gets into the internal door: where it listens, and with which secret.

use crate::secrets::{Secrets, VARIABLE};
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// What an address of a Unix socket begins with.
const UNIX: &str = "unix:";

/// Where a door listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DoorAddr {
    /// On a port.
    Tcp(SocketAddr),
    /// On a Unix socket, at this path.
    Unix(PathBuf),
}

/// Text that is no address of a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither an address with a port, such as 127.0.0.1:4000, nor unix:PATH")]
pub struct BadDoorAddr;

/// Who gets in.
#[derive(Clone, Debug)]
pub struct Access {
    secrets: Secrets,
    /// Whether only names of this machine may be asked for, so that a page whose
    /// name was made to point here gets nothing.
    pub(crate) needs_loopback_host: bool,
}

/// The door would be open to a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the internal door listens on {0}, which is not loopback: give a secret \
     (--graphql-secret-file or {VARIABLE})"
)]
pub struct NeedsSecret(SocketAddr);

impl DoorAddr {
    /// Whether only this machine can reach it.
    #[must_use]
    pub fn is_local(&self) -> bool {
        match self {
            Self::Tcp(addr) => addr.ip().is_loopback(),
            Self::Unix(_) => true,
        }
    }
}

impl FromStr for DoorAddr {
    type Err = BadDoorAddr;

    fn from_str(text: &str) -> Result<Self, BadDoorAddr> {
        match text.strip_prefix(UNIX) {
            Some("") => Err(BadDoorAddr),
            Some(path) => Ok(Self::Unix(PathBuf::from(path))),
            None => text.parse().map(Self::Tcp).map_err(|_| BadDoorAddr),
        }
    }
}

impl fmt::Display for DoorAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(addr) => addr.fmt(f),
            Self::Unix(path) => write!(f, "{UNIX}{}", path.display()),
        }
    }
}

impl Access {
    /// What an address asks for.
    ///
    /// # Errors
    /// [`NeedsSecret`], when a network reaches the address and there is none.
    pub fn at(addr: &DoorAddr, secrets: Secrets) -> Result<Self, NeedsSecret> {
        let needs_loopback_host = match addr {
            // No page of a browser knows the secret.
            _ if !secrets.is_empty() => false,
            // None can connect to it.
            DoorAddr::Unix(_) => false,
            DoorAddr::Tcp(_) if addr.is_local() => true,
            DoorAddr::Tcp(addr) => return Err(NeedsSecret(*addr)),
        };
        Ok(Self {
            secrets,
            needs_loopback_host,
        })
    }

    /// Whether whoever brings this secret gets in.
    pub(crate) fn opens_to(&self, secret: Option<&[u8]>) -> bool {
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
    fn addresses() {
        for (text, is_local) in [
            ("127.0.0.1:4000", true),
            ("127.8.9.10:4000", true),
            ("[::1]:4000", true),
            ("unix:/run/security.sock", true),
            ("0.0.0.0:4000", false),
            ("[::]:4000", false),
            ("10.0.0.1:4000", false),
        ] {
            let addr = addr(text);
            assert_eq!(
                (addr.is_local(), addr.to_string().as_str()),
                (is_local, text)
            );
            let open = Access::at(&addr, Secrets::default());
            assert_eq!(open.is_ok(), is_local, "{text}");
            assert!(Access::at(&addr, Secrets::parse(NEW).expect("a secret")).is_ok());
        }
        for text in ["", "4000", "localhost:4000", "unix:"] {
            assert_eq!(text.parse::<DoorAddr>(), Err(BadDoorAddr), "{text}");
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
