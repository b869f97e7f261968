//! A file's stamp: its metadata, by which a change is seen without reading it. In
//! a folder it replaces the `ETag` of HTTP (docs/decisions/0017-unread-files.md).

use std::fs::Metadata;
use std::path::Path;
use time::OffsetDateTime;

/// The time since the last change, in nanoseconds, from which a stamp is reliable:
/// some file systems store whole seconds, or multiples of two.
const REST: i128 = 3_000_000_000;

/// Returns the stamp of the file at this path: its size, and the times of the last
/// change of its content and of its metadata. Returns `None` if it is not a file,
/// if it has changed so recently that its stamp could miss another change, or if
/// the system does not store such times. `now` is the time when the sync began.
pub(in crate::sync) fn stamp(path: &Path, now: OffsetDateTime) -> Option<String> {
    let metadata = std::fs::symlink_metadata(path).ok()?;
    let (modified, changed) = times(&metadata)?;
    let has_rested = now.unix_timestamp_nanos() - modified.max(changed) >= REST;
    let is_usable = metadata.is_file() && has_rested;
    is_usable.then(|| format!("file:{}:{modified}:{changed}", metadata.len()))
}

/// Returns the times of the last change of its content and of its metadata, in
/// nanoseconds. A program can set the former, but not the latter.
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
