//! A tree of files: a folder, or the sample inside the binary.

use include_dir::Dir;
use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes. RustSec's largest advisory has
/// 10 kB, crates.io's largest index file some 10 MB.
const MAX_FILE_SIZE: u64 = 64 * 1024 * 1024;

/// A tree of files. Paths in it are relative, with `/` between their parts.
#[derive(Clone, Debug)]
pub enum Files {
    /// A folder on disk.
    Folder(PathBuf),
    /// Files that the binary carries.
    Embedded(&'static Dir<'static>),
}

/// An entry of a folder.
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) name: String,
    pub(super) is_folder: bool,
}

impl Files {
    /// The entries of a folder, sorted by name, hidden ones left out.
    pub(super) fn list(&self, folder: &str) -> io::Result<Vec<Entry>> {
        let mut entries = match self {
            Self::Folder(root) => list_folder(&root.join(folder), folder)?,
            Self::Embedded(root) => list_embedded(root, folder)?,
        };
        entries.retain(|entry| !entry.name.starts_with('.'));
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// A file's bytes.
    pub(super) fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self {
            Self::Folder(root) => {
                let file = fs::File::open(root.join(path))?;
                let mut bytes = Vec::new();
                file.take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes)?;
                if bytes.len() as u64 > MAX_FILE_SIZE {
                    return Err(io::ErrorKind::FileTooLarge.into());
                }
                Ok(bytes)
            }
            Self::Embedded(root) => root
                .get_file(path)
                .map(|file| file.contents().to_vec())
                .ok_or_else(|| io::ErrorKind::NotFound.into()),
        }
    }
}

impl fmt::Display for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(root) => root.display().fmt(f),
            Self::Embedded(_) => f.write_str("the sample"),
        }
    }
}

fn list_folder(path: &Path, folder: &str) -> io::Result<Vec<Entry>> {
    fs::read_dir(path)?
        .map(|entry| {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // Follows links, as git's checkouts may hold some.
            let is_folder = fs::metadata(entry.path()).is_ok_and(|meta| meta.is_dir());
            Ok(Entry {
                path: join(folder, &name),
                name,
                is_folder,
            })
        })
        .collect()
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
