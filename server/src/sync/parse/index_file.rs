//! Parses an index file into the versions of its crate.
//!
//! The format is Cargo's registry index ("Index Format"): a JSON line for each
//! version. Only the fields that the tab needs are read.

use crate::domain::crate_name::CrateName;
use crate::domain::rust_version::RustVersion;
use crate::sync::parse::derivation::fingerprint;
use crate::sync::report::SkipReason;
use crate::sync::source::files::{FileError, Files};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// The largest file that is read, in bytes. crates.io's largest has about 10 MB.
pub(in crate::sync) const MAX_SIZE: u64 = 64 * 1024 * 1024;

/// The maximum number of versions of a crate: a tab takes about 5 ms for each
/// thousand. crates.io's longest list has a few thousand.
const MAX_LINES: usize = 10_000;

/// An index file of which the database has rows.
#[derive(Clone, Debug, Default)]
pub(in crate::sync) struct KnownFile {
    /// The fingerprint of the file that was read.
    pub(in crate::sync) hash: Option<String>,
    /// Its `ETag` or its stamp. Also `None` if the file must be read again.
    pub(in crate::sync) etag: Option<String>,
}

/// The index file of a crate, compared with the database.
#[derive(Debug)]
pub(in crate::sync) enum FileState {
    /// No file: the index does not list the crate.
    Missing,
    /// The file is unchanged; its current `ETag` or stamp.
    Unchanged(Option<String>),
    /// A new or changed file.
    Parsed(IndexFile),
    /// A file that cannot be used.
    Skipped(SkipReason),
}

/// The versions of a crate.
#[derive(Debug)]
pub(in crate::sync) struct IndexFile {
    pub(in crate::sync) hash: String,
    pub(in crate::sync) etag: Option<String>,
    /// The crate's name as its newest line writes it.
    pub(in crate::sync) name: CrateName,
    pub(in crate::sync) versions: BTreeMap<String, IndexVersion>,
}

/// A version as in its line.
#[derive(Debug)]
pub(in crate::sync) struct IndexVersion {
    pub(in crate::sync) is_yanked: bool,
    pub(in crate::sync) published_at: Option<OffsetDateTime>,
    pub(in crate::sync) rust_version: Option<RustVersion>,
}

/// The fields of a line that are needed; `vers` is Cargo's name.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    vers: semver::Version,
    #[serde(default)]
    yanked: bool,
    #[serde(default)]
    pubtime: Option<String>,
    /// Any value, so that a wrong one does not invalidate the line.
    #[serde(borrow, default)]
    rust_version: Option<&'a RawValue>,
}

/// Reads the index files of these crates, in their order. `now` is the time when the
/// sync began.
pub(in crate::sync) fn read_all(
    index: &Files,
    names: &[CrateName],
    known: &[KnownFile],
    now: OffsetDateTime,
) -> Vec<FileState> {
    let both = names.iter().zip(known);
    both.map(|(name, known)| read_one(index, name, known, now))
        .collect()
}

/// Returns the path of a crate in the plain index layout, such as `op/en/openssl` or
/// `3/a/abc`.
pub(in crate::sync) fn path(name: &CrateName) -> String {
    let name = name.as_str().to_ascii_lowercase();
    match name.len() {
        1 | 2 => format!("{}/{name}", name.len()),
        3 => format!("3/{}/{name}", &name[..1]),
        _ => format!("{}/{}/{name}", &name[..2], &name[2..4]),
    }
}

fn read_one(index: &Files, name: &CrateName, known: &KnownFile, now: OffsetDateTime) -> FileState {
    let path = path(name);
    // Taken before the file is read, so that the next sync sees a change in between.
    let stamp = index.stamp(&path, now);
    if stamp.is_some() && stamp == known.etag {
        return FileState::Unchanged(stamp);
    }
    match index.read(&path, MAX_SIZE) {
        Ok(bytes) => parse_for(name, &bytes, known, stamp),
        Err(FileError::Missing) => FileState::Missing,
        Err(error) => {
            tracing::warn!(path, %error, "skipped the index file {path}: cannot read it");
            FileState::Skipped(error.into())
        }
    }
}

/// Parses the content at the path of this crate's file. Does not parse a file whose
/// hash is known.
pub(in crate::sync) fn parse_for(
    name: &CrateName,
    bytes: &[u8],
    known: &KnownFile,
    etag: Option<String>,
) -> FileState {
    let hash = fingerprint(bytes);
    if known.hash.as_ref() == Some(&hash) {
        return FileState::Unchanged(etag);
    }
    match parse(bytes, hash) {
        Ok(file) if file.name.lookup() == name.lookup() => {
            FileState::Parsed(IndexFile { etag, ..file })
        }
        Ok(_) => FileState::Skipped(SkipReason::WrongFileName),
        Err(reason) => FileState::Skipped(reason),
    }
}

/// Parses a crate's versions from its file's bytes.
pub(in crate::sync) fn parse(bytes: &[u8], hash: String) -> Result<IndexFile, SkipReason> {
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
        let line: Line<'_> = serde_json::from_slice(line).map_err(not_a_line)?;
        let published_at = match line.pubtime {
            Some(time) => Some(utc(&time).ok_or(SkipReason::NotAnIndexLine(number + 1))?),
            None => None,
        };
        newest = Some(line.name);
        let version = IndexVersion {
            is_yanked: line.yanked,
            published_at,
            rust_version: line.rust_version.and_then(rust_version),
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

/// Parses a Rust version. Returns `None` if the value is not one.
fn rust_version(value: &RawValue) -> Option<RustVersion> {
    // No unescaping is needed: a version has no character that JSON would escape.
    let text = value.get().strip_prefix('"')?.strip_suffix('"')?;
    RustVersion::parse(text)
}

/// Parses a time in RFC 3339 into UTC. Returns `None` if it is invalid or out of
/// range in UTC.
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

    /// A file in a folder is read once, and again only if its stamp changes.
    #[test]
    fn a_file_at_rest_is_not_read_again() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("1/a");
        let write = |num: &str| std::fs::write(&file, format!(r#"{{"name":"a","vers":"{num}"}}"#));
        std::fs::create_dir(folder.path().join("1")).expect("a folder");
        write("1.0.0").expect("a file");
        let index = Files::Folder(folder.path().to_owned());
        let name = CrateName::parse("a").expect("a name");
        let read = |etag: Option<String>, now| {
            let hash = Some(fingerprint(b"of what was never read"));
            read_one(&index, &name, &KnownFile { hash, etag }, now)
        };
        let written: OffsetDateTime = modified(&file);
        let rested = written + time::Duration::MINUTE;

        let FileState::Parsed(IndexFile { etag: stamp, .. }) = read(None, rested) else {
            panic!("what is not known is read");
        };
        assert!(stamp.is_some());
        let again = read(stamp.clone(), rested);
        assert!(matches!(again, FileState::Unchanged(now) if now == stamp));
        // The next change could be in the same second.
        let early = read(stamp.clone(), written + time::Duration::SECOND);
        assert!(matches!(
            early,
            FileState::Parsed(IndexFile { etag: None, .. })
        ));

        // A change that keeps the size and restores the modification time.
        write("1.0.1").expect("a file");
        let changed = std::fs::File::options().append(true).open(&file);
        let changed = changed.expect("the file").set_modified(written.into());
        changed.expect("the time is set");
        assert_eq!(modified(&file), written);
        let changed = read(stamp, rested);
        assert!(matches!(changed, FileState::Parsed(file) if file.versions.contains_key("1.0.1")));
    }

    fn modified(file: &std::path::Path) -> OffsetDateTime {
        let metadata = std::fs::metadata(file).expect("a file");
        metadata.modified().expect("a time").into()
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
    fn a_rust_version_that_is_none_is_unknown() {
        let long = format!("\"{}\"", "1".repeat(1_000_000));
        for (value, expect) in [
            (r#""1.63""#, Some("1.63")),
            (r#""1.63.0""#, Some("1.63.0")),
            ("null", None),
            (r#""""#, None),
            (r#""1.63-nightly""#, None),
            (r#"">=1.63""#, None),
            ("1.63", None),
            ("true", None),
            (r#"["1.63"]"#, None),
            (r#"{"rust":"1.63"}"#, None),
            (&long, None),
        ] {
            let line = format!(r#"{{"name":"a","vers":"1.0.0","rust_version":{value}}}"#);
            let file = parse(line.as_bytes(), String::new()).expect("a file");
            let read = file.versions["1.0.0"].rust_version;
            let read = read.map(|version| version.to_string());
            assert_eq!(read.as_deref(), expect, "{value:.40}");
        }
    }

    #[test]
    fn a_broken_line_is_named() {
        let text = b"{\"name\":\"a\",\"vers\":\"1.0.0\"}\n\n{\"name\":\"a\",\"vers\":\"one\"}\n";
        let reason = parse(text, String::new()).map(|file| file.versions.len());
        assert_eq!(reason, Err(SkipReason::NotAnIndexLine(3)));
    }
}
