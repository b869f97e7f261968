//! What a sync did, in words and by name.

use super::source::files::FileError;
use crate::entity::sync_attempt::Problem;
use std::fmt;

/// What a sync read and changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Advisories, named by id.
    pub advisories: Changes,
    /// Crates, by name.
    pub crates: Changes,
    /// Versions, as `crate@version`.
    pub versions: Changes,
    /// Pairs of an advisory and a published version that it affects, after the
    /// sync. Counted only when one may have changed.
    pub affected_versions: Option<u64>,
    /// Packages of the collection `crates` that an advisory names.
    pub packages: usize,
    /// Files that were skipped.
    pub skipped: Vec<Skipped>,
    /// What keeps this from being a good sync although it wrote what it could.
    pub problem: Option<Problem>,
    /// Whether anything differs from what the database knew.
    pub is_changed: bool,
    /// The revision that the database is at now.
    pub revision: i32,
}

/// What happened to the rows of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// How many there are in the source.
    pub read: usize,
    /// New ones.
    pub added: Names,
    /// Those whose row differs now.
    pub changed: Names,
    /// Those that are gone from the source.
    pub removed: Names,
}

/// Names, of which only so many are remembered: a whole index has millions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    first: Vec<String>,
    count: usize,
}

/// How many names of one kind are remembered.
const REMEMBERED: usize = 10_000;

/// A file that a sync left out. What the database knew of it stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its path within its source.
    pub path: String,
    /// Why.
    pub reason: SkipReason,
}

/// Why a file was skipped, in words of ours; a parser's own words are logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// The file could not be read.
    Unreadable,
    /// The file is larger than any real one.
    TooLarge,
    /// A link, which is not followed.
    Link,
    /// A field is longer than any real one.
    TooLong(&'static str),
    /// The index could not be reached, or gave no usable answer.
    IndexUnreachable,
    /// It is not UTF-8.
    NotUtf8,
    /// Not a Markdown file in a package's folder.
    NotAnAdvisoryFile,
    /// `rustsec` cannot parse it.
    NotAnAdvisory,
    /// Its name is not its id, or the placeholder with a suffix.
    WrongFileName,
    /// Its folder is not its package.
    WrongFolder,
    /// Its package is no name that a crate could have.
    NotACrateName,
    /// Another file has the same id.
    DuplicateId(String),
    /// A line of an index file that is no index line; lines count from 1.
    NotAnIndexLine(usize),
}

impl From<FileError> for SkipReason {
    fn from(error: FileError) -> Self {
        match error {
            FileError::TooLarge => Self::TooLarge,
            FileError::Link => Self::Link,
            FileError::Missing | FileError::Io(_) => Self::Unreadable,
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => f.write_str("the file cannot be read"),
            Self::TooLarge => f.write_str("the file is too large"),
            Self::Link => f.write_str("links are not followed"),
            Self::TooLong(field) => write!(f, "the field `{field}` is too long"),
            Self::IndexUnreachable => f.write_str("no usable answer from the index"),
            Self::NotUtf8 => f.write_str("the file is not UTF-8"),
            Self::NotAnAdvisoryFile => f.write_str("not a Markdown file in a package's folder"),
            Self::NotAnAdvisory => f.write_str("rustsec cannot parse it as an advisory"),
            Self::WrongFileName => f.write_str("the file name does not match the content"),
            Self::WrongFolder => f.write_str("the folder does not match the advisory's package"),
            Self::NotACrateName => f.write_str("the package is not a valid crate name"),
            Self::DuplicateId(path) => write!(f, "{path} has the same id"),
            Self::NotAnIndexLine(line) => write!(f, "line {line} is not a valid index entry"),
        }
    }
}

impl Report {
    /// Notes it in the log, in numbers.
    pub fn log(&self) {
        tracing::info!(
            advisories = self.advisories.read,
            packages = self.packages,
            skipped = self.skipped.len(),
            added = self.advisories.added.len(),
            changed = self.advisories.changed.len(),
            removed = self.advisories.removed.len(),
            versions_added = self.versions.added.len(),
            versions_changed = self.versions.changed.len(),
            versions_removed = self.versions.removed.len(),
            revision = self.revision,
            problem = ?self.problem,
            "sync finished"
        );
    }
}

/// How many names of one kind are printed before "and N more".
const NAMES: usize = 8;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            advisories,
            crates,
            versions,
            skipped,
            ..
        } = self;
        writeln!(
            f,
            "Read {} on {}, {} skipped.",
            count(advisories.read, "advisory", "advisories"),
            count(self.packages, "package", "packages"),
            count(skipped.len(), "file", "files"),
        )?;
        for Skipped { path, reason } in skipped {
            writeln!(f, "  skipped {path}: {reason}")?;
        }
        if self.problem == Some(Problem::IndexUnreachable) {
            writeln!(
                f,
                "The index cannot be reached; version lists are unchanged."
            )?;
        }
        if !self.is_changed {
            return write!(f, "Nothing changed; still at revision {}.", self.revision);
        }
        advisories.describe(f, "Advisories")?;
        crates.describe(f, "Crates")?;
        versions.describe(f, "Versions")?;
        if let Some(pairs) = self.affected_versions {
            writeln!(
                f,
                "Affected: {pairs} pairs of advisory and published version."
            )?;
        }
        write!(f, "Now at revision {}.", self.revision)
    }
}

impl Changes {
    /// Whether nothing happened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>, what: &str) -> fmt::Result {
        let parts = [
            ("added", &self.added),
            ("changed", &self.changed),
            ("removed", &self.removed),
        ];
        for (verb, names) in parts.into_iter().filter(|(_, names)| !names.is_empty()) {
            let shown = names
                .first
                .iter()
                .take(NAMES)
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(", ");
            write!(f, "{what}: {} {verb}: {shown}", names.len())?;
            match names.len().saturating_sub(NAMES) {
                0 => writeln!(f, ".")?,
                more => writeln!(f, " and {more} more.")?,
            }
        }
        Ok(())
    }
}

impl Names {
    /// Notes one more.
    pub(super) fn push(&mut self, name: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < REMEMBERED {
            self.first.push(name());
        }
    }

    /// Notes these, in order of name.
    pub(super) fn extend_sorted(&mut self, names: impl IntoIterator<Item = String>) {
        let mut names: Vec<String> = names.into_iter().collect();
        names.sort();
        for name in names {
            self.push(|| name);
        }
    }

    /// How many there are, remembered or not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl<T> PartialEq<T> for Names
where
    Vec<String>: PartialEq<T>,
{
    fn eq(&self, names: &T) -> bool {
        self.first == *names
    }
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
