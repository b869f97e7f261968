//! Lists every crate of an index in a folder, and detects whether anything in the
//! folder has changed.

use crate::domain::crate_name::CrateName;
use crate::sync::SyncError;
use crate::sync::parse::derivation::fingerprint;
use crate::sync::parse::index_file::path;
use crate::sync::source::files::Files;
use std::io;
use std::num::NonZero;
use std::thread;
use time::OffsetDateTime;

/// The content of an index.
#[derive(Debug)]
pub(in crate::sync) struct Listing {
    /// Every name as its file has it, in lower case.
    pub(in crate::sync) names: Vec<CrateName>,
    /// The fingerprint of the names and of their files' stamps. As long as it stays
    /// the same, so do all the files. `None` if a file has no stamp.
    pub(in crate::sync) stamp: Option<String>,
}

/// A file of the index, with its stamp.
struct Found {
    path: String,
    stamp: Option<String>,
}

impl Listing {
    /// Lists an index. `now` is the time when the sync began.
    pub(in crate::sync) fn read(index: &Files, now: OffsetDateTime) -> Result<Self, SyncError> {
        let mut files = walk(index, now).map_err(|_| SyncError::NotAnIndex(index.to_string()))?;
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        let mut names = Vec::new();
        let mut stamps = Some(String::new());
        for Found { path: file, stamp } in files {
            // A file that is not at the path of its name, such as `config.json`, is
            // not a crate's.
            let name = file.rsplit('/').next().and_then(CrateName::parse);
            let Some(name) = name.filter(|name| path(name) == file) else {
                continue;
            };
            stamps = stamps
                .zip(stamp)
                .map(|(stamps, stamp)| stamps + name.as_str() + stamp.as_str() + "\n");
            names.push(name);
        }
        Ok(Self {
            names,
            stamp: stamps.map(|stamps| fingerprint(stamps.as_bytes())),
        })
    }
}

/// Returns all files, unordered. Uses several threads, because one would need more
/// than a second to walk an index.
fn walk(files: &Files, now: OffsetDateTime) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    let folders = look_into(files, "", now, &mut found)?;
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = folders.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let walk = |folders: &[String]| {
            let folders = folders.to_vec();
            scope.spawn(move || walk_below(files, folders, now))
        };
        let walks: Vec<_> = folders.chunks(share).map(walk).collect();
        for walk in walks {
            let walked = walk.join();
            found.extend(walked.map_err(|_| io::Error::other("a walk broke off"))??);
        }
        Ok(found)
    })
}

/// Returns the files in these folders and below.
fn walk_below(
    files: &Files,
    mut folders: Vec<String>,
    now: OffsetDateTime,
) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        folders.extend(look_into(files, &folder, now, &mut found)?);
    }
    Ok(found)
}

/// Returns the folders in a folder, and adds its files to `found`.
fn look_into(
    files: &Files,
    folder: &str,
    now: OffsetDateTime,
    found: &mut Vec<Found>,
) -> io::Result<Vec<String>> {
    let mut folders = Vec::new();
    for entry in files.list(folder)? {
        match entry.is_folder {
            true => folders.push(entry.path),
            false => found.push(Found {
                stamp: files.stamp(&entry.path, now),
                path: entry.path,
            }),
        }
    }
    Ok(folders)
}
