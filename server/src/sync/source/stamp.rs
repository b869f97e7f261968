//! A file's stamp: what the file system says of it without reading it. In a folder
//! it does what the `ETag` does over HTTP (docs/decisions/0017-unread-files.md).

use std::fs::Metadata;
use std::path::Path;
use time::OffsetDateTime;

/// How long a file must have rested for its stamp to tell the next change from the
/// last one, in nanoseconds. Some file systems count whole seconds, or two.
const REST: i128 = 3_000_000_000;

/// The stamp of the file at this path: its size, and the times of the last change
/// of its content and of its metadata. `None`: it is no file, has changed so
/// recently that its stamp could miss another change, or the system keeps no such
/// times. `now` is the time at which the sync began.
pub(in crate::sync) fn stamp(path: &Path, now: OffsetDateTime) -> Option<String> {
    let metadata = std::fs::symlink_metadata(path).ok()?;
    let (modified, changed) = times(&metadata)?;
    let has_rested = now.unix_timestamp_nanos() - modified.max(changed) >= REST;
    let is_usable = metadata.is_file() && has_rested;
    is_usable.then(|| format!("file:{}:{modified}:{changed}", metadata.len()))
}

/// When its content and when its metadata changed last, in nanoseconds. A program
/// can set the former, not the latter.
#[cfg(unix)]
fn times(metadata: &Metadata) -> Option<(i128, i128)> {
    use std::os::unix::fs::MetadataExt;
    let nanoseconds =
        |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
    Some((
        nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
    ))
}

#[cfg(not(unix))]
fn times(_: &Metadata) -> Option<(i128, i128)> {
    None
}
