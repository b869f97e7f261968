//! A tree of files: a folder, a commit, or the sample inside the binary.

use crate::sync::source::stamp::stamp;
use include_dir::Dir;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use time::OffsetDateTime;

/// A tree of files. Paths in it are relative, with `/` between their parts.
/// Links are not followed, because they could lead anywhere.
#[derive(Clone, Debug)]
pub(in crate::sync) enum Files {
    /// A folder on disk.
    Folder(PathBuf),
    /// The files of a commit, by path.
    Commit(Arc<BTreeMap<String, File>>),
    /// Files in the binary.
    Embedded(&'static Dir<'static>),
}

/// A file of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sync) enum File {
    /// Its content.
    Content(Vec<u8>),
    /// The file is too large to be read.
    TooLarge,
    /// The file is a link.
    Link,
}

/// The reason why a file was not read.
#[derive(Debug, thiserror::Error)]
pub(in crate::sync) enum FileError {
    #[error("no such file")]
    Missing,
    #[error("the file is too large")]
    TooLarge,
    #[error("links are not followed")]
    Link,
    #[error(transparent)]
    Io(io::Error),
}

/// An entry of a folder.
pub(in crate::sync) struct Entry {
    pub(in crate::sync) path: String,
    pub(in crate::sync) name: String,
    pub(in crate::sync) is_folder: bool,
}

impl Files {
    /// Returns the entries of a folder, sorted by name, without hidden ones.
    pub(in crate::sync) fn list(&self, folder: &str) -> io::Result<Vec<Entry>> {
        let mut entries = match self {
            Self::Folder(root) => list_folder(&root.join(folder), folder)?,
            Self::Commit(files) => list_commit(files, folder)?,
            Self::Embedded(root) => list_embedded(root, folder)?,
        };
        entries.retain(|entry| !entry.name.starts_with('.'));
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// Returns a file's stamp, if it is on disk and has one.
    pub(in crate::sync) fn stamp(&self, path: &str, now: OffsetDateTime) -> Option<String> {
        match self {
            Self::Folder(root) => stamp(&root.join(path), now),
            Self::Commit(_) | Self::Embedded(_) => None,
        }
    }

    /// Returns a file's bytes, at most `max_size` of them.
    pub(in crate::sync) fn read(&self, path: &str, max_size: u64) -> Result<Vec<u8>, FileError> {
        match self {
            Self::Folder(root) => read_from_disk(&root.join(path), max_size),
            Self::Commit(files) => match files.get(path).ok_or(FileError::Missing)? {
                File::Content(bytes) => Ok(bytes.clone()),
                File::TooLarge => Err(FileError::TooLarge),
                File::Link => Err(FileError::Link),
            },
            Self::Embedded(root) => root
                .get_file(path)
                .map(|file| file.contents().to_vec())
                .ok_or(FileError::Missing),
        }
    }
}

impl fmt::Display for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(root) => root.display().fmt(f),
            Self::Commit(_) => f.write_str("the commit"),
            Self::Embedded(_) => f.write_str("the sample"),
        }
    }
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Io(error),
        }
    }
}

fn read_from_disk(path: &Path, max_size: u64) -> Result<Vec<u8>, FileError> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_symlink() {
        return Err(FileError::Link);
    }
    let size = metadata.len().min(max_size) + 1;
    let mut bytes = Vec::with_capacity(size.try_into().unwrap_or_default());
    let file = fs::File::open(path)?;
    file.take(max_size + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > max_size {
        true => Err(FileError::TooLarge),
        false => Ok(bytes),
    }
}

fn list_folder(path: &Path, folder: &str) -> io::Result<Vec<Entry>> {
    fs::read_dir(path)?
        .map(|entry| {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            Ok(Entry {
                path: join(folder, &name),
                name,
                is_folder: entry.file_type()?.is_dir(),
            })
        })
        .collect()
}

fn list_commit(files: &BTreeMap<String, File>, folder: &str) -> io::Result<Vec<Entry>> {
    let prefix = join(folder, "");
    let inside = files.range(prefix.clone()..);
    let inside = inside.map_while(|(path, _)| path.strip_prefix(&prefix));
    let mut entries: Vec<Entry> = Vec::new();
    for rest in inside {
        let (name, is_folder) = match rest.split_once('/') {
            Some((name, _)) => (name, true),
            None => (rest, false),
        };
        if entries.last().is_none_or(|last| last.name != name) {
            entries.push(Entry {
                path: join(folder, name),
                name: name.to_owned(),
                is_folder,
            });
        }
    }
    // Git has no empty folders.
    match entries.is_empty() {
        true => Err(io::ErrorKind::NotFound.into()),
        false => Ok(entries),
    }
}

fn list_embedded(root: &Dir<'_>, folder: &str) -> io::Result<Vec<Entry>> {
    let dir = match folder {
        "" => root,
        _ => root.get_dir(folder).ok_or(io::ErrorKind::NotFound)?,
    };
    Ok(dir
        .entries()
        .iter()
        .filter_map(|entry| {
            let name = entry.path().file_name()?.to_str()?.to_owned();
            Some(Entry {
                path: join(folder, &name),
                name,
                is_folder: entry.as_dir().is_some(),
            })
        })
        .collect())
}

fn join(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        _ => format!("{folder}/{name}"),
    }
}
