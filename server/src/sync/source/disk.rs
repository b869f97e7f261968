//! Finds failures of the disk in the errors of libraries that do more than write
//! files: git's transport and its object database fail with the same kind of error.

use std::error::Error;
use std::io::{self, ErrorKind};

/// The kinds of error that only a disk has. A network may also deny permission or
/// lose a connection.
const OF_DISKS: [ErrorKind; 4] = [
    ErrorKind::StorageFull,
    ErrorKind::QuotaExceeded,
    ErrorKind::FileTooLarge,
    ErrorKind::ReadOnlyFilesystem,
];

/// Returns the disk's failure among these errors.
pub(in crate::sync) fn failure<'a>(
    mut errors: impl Iterator<Item = &'a (dyn Error + 'static)>,
) -> Option<io::Error> {
    let error = errors.find_map(|error| io_error(error, |kind| OF_DISKS.contains(&kind)))?;
    Some(io::Error::new(error.kind(), error.to_string()))
}

/// Returns the error itself, or the one that it wraps, if it is an I/O error of this
/// kind.
fn io_error<'a>(
    error: &'a (dyn Error + 'static),
    is_kind: impl Fn(ErrorKind) -> bool,
) -> Option<&'a io::Error> {
    let mut at = error.downcast_ref::<io::Error>();
    while let Some(error) = at {
        // `io::Error::other` hides the kind of the wrapped error, and `source` skips
        // it.
        match error.get_ref() {
            Some(inner) if inner.is::<io::Error>() => at = inner.downcast_ref(),
            _ if is_kind(error.kind()) => return Some(error),
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use gix::error::{ErrorExt, message};

    /// The number of "no space left on device" on Linux and macOS.
    const ENOSPC: i32 = 28;

    #[test]
    fn what_only_a_disk_says() {
        for (error, expect) in [
            (io::Error::from_raw_os_error(ENOSPC), true),
            (ErrorKind::ReadOnlyFilesystem.into(), true),
            (ErrorKind::QuotaExceeded.into(), true),
            (
                io::Error::other(io::Error::from(ErrorKind::StorageFull)),
                true,
            ),
            (ErrorKind::PermissionDenied.into(), false),
            (ErrorKind::ConnectionReset.into(), false),
            (io::Error::other("no io::Error"), false),
        ] {
            let text = error.to_string();
            let chain = error.and_raise(message("cannot write the pack"));
            let chain = chain.and_raise(message("cannot fetch"));
            let found = failure(chain.iter_errors());
            assert_eq!(found.is_some(), expect, "{text}");
        }
    }

    /// An error as gix returns it if a file of the clone cannot be written.
    #[test]
    fn in_an_error_of_gix() {
        let folder = std::env::temp_dir().join(format!("in-an-error-of-gix-{}", fastrand::u64(..)));
        std::fs::write(&folder, "a file").expect("written");
        let error = gix::init_bare(&folder).expect_err("no folder");
        std::fs::remove_file(&folder).expect("removed");
        let kinds = [ErrorKind::NotADirectory, ErrorKind::AlreadyExists];
        let found = error
            .iter_errors()
            .find_map(|error| io_error(error, |kind| kinds.contains(&kind)));
        assert!(found.is_some(), "{error:?}");
    }
}
