//! Every crate of an index that lies in a folder, and whether anything in the folder
//! has changed.

use crate::domain::crate_name::CrateName;
use crate::sync::SyncError;
use crate::sync::parse::derivation::fingerprint;
use crate::sync::parse::index_file::path;
use crate::sync::source::files::Files;
use std::io;
use std::num::NonZero;
use std::thread;
use time::OffsetDateTime;

/// What an index lists.
#[derive(Debug)]
pub(in crate::sync) struct Listing {
    /// Every name, as its file is called: in lower case.
    pub(in crate::sync) names: Vec<CrateName>,
    /// The fingerprint of the names and of their files' stamps. While it is the same,
    /// so are all the files. `None`: a file has no stamp.
    pub(in crate::sync) stamp: Option<String>,
}

/// A file of the index, with its stamp.
struct Found {
    path: String,
    stamp: Option<String>,
}

impl Listing {
    /// Lists an index. `now` is the time at which the sync began.
    pub(in crate::sync) fn read(index: &Files, now: OffsetDateTime) -> Result<Self, SyncError> {
        let mut files = walk(index, now).map_err(|_| SyncError::NotAnIndex(index.to_string()))?;
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        let mut names = Vec::new();
        let mut stamps = Some(String::new());
        for Found { path: file, stamp } in files {
            // Anything that is not in the place of its name, such as `config.json`, is
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

/// All files, in no order. An index has more folders than one thread walks through in
/// a second.
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

/// The files in these folders and below.
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

/// The folders in a folder; its files are added to `found`.
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
