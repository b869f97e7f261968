//! The listening address of a door.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// The prefix of the address of a Unix socket.
const UNIX: &str = "unix:";

/// The listening address of a door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DoorAddr {
    /// A port.
    Tcp(SocketAddr),
    /// A Unix socket, at this path.
    Unix(PathBuf),
}

/// The text is not the address of a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an address with a port, such as 127.0.0.1:4000, or unix:PATH")]
pub struct DoorAddrError;

impl DoorAddr {
    /// Returns true if only this machine can reach it.
    #[must_use]
    pub fn is_local(&self) -> bool {
        match self {
            Self::Tcp(addr) => addr.ip().is_loopback(),
            Self::Unix(_) => true,
        }
    }
}

impl FromStr for DoorAddr {
    type Err = DoorAddrError;

    fn from_str(text: &str) -> Result<Self, DoorAddrError> {
        match text.strip_prefix(UNIX) {
            Some("") => Err(DoorAddrError),
            Some(path) => Ok(Self::Unix(PathBuf::from(path))),
            None => text.parse().map(Self::Tcp).map_err(|_| DoorAddrError),
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

#[cfg(test)]
mod tests {
    use super::*;

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
            let addr: DoorAddr = text.parse().expect("an address");
            assert_eq!(
                (addr.is_local(), addr.to_string().as_str()),
                (is_local, text)
            );
        }
        for text in ["", "4000", "localhost:4000", "unix:"] {
            assert_eq!(text.parse::<DoorAddr>(), Err(DoorAddrError), "{text}");
        }
    }
}
