//! An index file into the versions of its crate.
//!
//! The format is cargo's registry index ("Index Format"): a JSON line a
//! version. Only what the tab needs is read of it.

use super::files::{Files, ReadError};
use super::report::SkipReason;
use super::{SyncError, derivation::fingerprint};
use crate::domain::crate_name::CrateName;
use serde::Deserialize;
use std::collections::BTreeMap;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// The largest file that is read, in bytes. crates.io's largest has some 10 MB.
pub(super) const MAX_SIZE: u64 = 64 * 1024 * 1024;

/// The most versions that are read of one crate: a tab takes some 5 ms for each
/// thousand. crates.io's longest list has some thousands.
const MAX_LINES: usize = 10_000;

/// What is known of an index file.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// The fingerprint of what was read.
    pub(super) hash: Option<String>,
    /// The `ETag` that it came with. `None` also when the file has to be read anew.
    pub(super) etag: Option<String>,
}

/// What the index has of one crate, compared with what is known.
#[derive(Debug)]
pub(super) enum Read {
    /// No file: the index does not list the crate.
    Missing,
    /// The file is as it was; the `ETag` that it has now.
    Unchanged(Option<String>),
    /// A new or changed file.
    Parsed(IndexFile),
    /// A file that cannot be used.
    Skipped(SkipReason),
}

/// The versions of a crate.
#[derive(Debug)]
pub(super) struct IndexFile {
    pub(super) hash: String,
    pub(super) etag: Option<String>,
    /// The crate's name as its newest line writes it.
    pub(super) name: CrateName,
    pub(super) versions: BTreeMap<String, IndexVersion>,
}

/// A version, as its line tells.
#[derive(Debug)]
pub(super) struct IndexVersion {
    pub(super) is_yanked: bool,
    pub(super) published_at: Option<OffsetDateTime>,
}

/// The fields of a line that matter here; `vers` is cargo's name.
#[derive(Deserialize)]
struct Line {
    name: String,
    vers: semver::Version,
    #[serde(default)]
    yanked: bool,
    #[serde(default)]
    pubtime: Option<String>,
}

/// Reads the index files of these crates, in their order.
pub(super) fn read_all(index: &Files, names: &[CrateName], known: &[Known]) -> Vec<Read> {
    let both = names.iter().zip(known);
    both.map(|(name, known)| read_one(index, name, known))
        .collect()
}

/// Every name that the index lists, in the spelling of its newest line.
pub(super) fn names(index: &Files) -> Result<Vec<CrateName>, SyncError> {
    let mut names = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let entries = index
            .list(&folder)
            .map_err(|_| SyncError::NotAnIndex(index.to_string()))?;
        for entry in entries {
            match entry.is_folder {
                true => folders.push(entry.path),
                // The file's name is the crate's in lower case; anything else
                // in the folder, such as `config.json`, is no name.
                false => names
                    .extend(CrateName::parse(&entry.name).filter(|name| path(name) == entry.path)),
            }
        }
    }
    Ok(names)
}

/// Where the plain index layout keeps a crate: `op/en/openssl`, `3/a/abc`.
pub(super) fn path(name: &CrateName) -> String {
    let name = name.as_str().to_ascii_lowercase();
    match name.len() {
        1 | 2 => format!("{}/{name}", name.len()),
        3 => format!("3/{}/{name}", &name[..1]),
        _ => format!("{}/{}/{name}", &name[..2], &name[2..4]),
    }
}

fn read_one(index: &Files, name: &CrateName, known: &Known) -> Read {
    let path = path(name);
    match index.read(&path, MAX_SIZE) {
        Ok(bytes) => parse_for(name, &bytes, known, None),
        Err(ReadError::Missing) => Read::Missing,
        Err(error) => {
            tracing::warn!(path, %error, "cannot read an index file");
            Read::Skipped(error.into())
        }
    }
}

/// Reads what was found in the place of this crate's file. One whose hash is
/// known is not parsed again.
pub(super) fn parse_for(
    name: &CrateName,
    bytes: &[u8],
    known: &Known,
    etag: Option<String>,
) -> Read {
    let hash = fingerprint(bytes);
    if known.hash.as_ref() == Some(&hash) {
        return Read::Unchanged(etag);
    }
    match parse(bytes, hash) {
        Ok(file) if file.name.lookup() == name.lookup() => Read::Parsed(IndexFile { etag, ..file }),
        Ok(_) => Read::Skipped(SkipReason::WrongFileName),
        Err(reason) => Read::Skipped(reason),
    }
}

/// Reads a crate's versions from its file's bytes.
pub(super) fn parse(bytes: &[u8], hash: String) -> Result<IndexFile, SkipReason> {
    let mut newest = None;
    let mut versions = BTreeMap::new();
    for (number, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        if number > MAX_LINES {
            return Err(SkipReason::TooLarge);
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let not_a_line = |_| SkipReason::NotAnIndexLine(number + 1);
        let line: Line = serde_json::from_slice(line).map_err(not_a_line)?;
        let published_at = match line.pubtime {
            Some(time) => Some(utc(&time).ok_or(SkipReason::NotAnIndexLine(number + 1))?),
            None => None,
        };
        newest = Some(line.name);
        let version = IndexVersion {
            is_yanked: line.yanked,
            published_at,
        };
        versions.insert(line.vers.to_string(), version);
    }
    let name = newest.as_deref().and_then(CrateName::parse);
    let name = name.ok_or(SkipReason::NotAnIndexLine(1))?;
    Ok(IndexFile {
        hash,
        etag: None,
        name,
        versions,
    })
}

/// A time as RFC 3339 writes it, in UTC. `None`: it is none, or out of range there.
fn utc(time: &str) -> Option<OffsetDateTime> {
    let time = OffsetDateTime::parse(time, &Rfc3339).ok()?;
    time.checked_to_offset(UtcOffset::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_layout() {
        for (name, expect) in [
            ("a", "1/a"),
            ("io", "2/io"),
            ("Inf", "3/i/inf"),
            ("openssl", "op/en/openssl"),
            ("OpenSSL-Src", "op/en/openssl-src"),
        ] {
            assert_eq!(path(&CrateName::parse(name).unwrap()), expect);
        }
    }

    #[test]
    fn the_longest_list() {
        let line = |patch| format!("{{\"name\":\"a\",\"vers\":\"1.0.{patch}\"}}\n");
        let mut text: String = (0..MAX_LINES).map(line).collect();
        let count = |text: &str| parse(text.as_bytes(), String::new()).map(|it| it.versions.len());
        assert_eq!(count(&text), Ok(MAX_LINES));
        text.push_str(&line(MAX_LINES));
        assert_eq!(count(&text), Err(SkipReason::TooLarge));
    }

    #[test]
    fn a_broken_line_is_named() {
        let text = b"{\"name\":\"a\",\"vers\":\"1.0.0\"}\n\n{\"name\":\"a\",\"vers\":\"one\"}\n";
        let reason = parse(text, String::new()).map(|file| file.versions.len());
        assert_eq!(reason, Err(SkipReason::NotAnIndexLine(3)));
    }
}
