//! The report of a sync, in words and by name.

use super::source::files::FileError;
use crate::entity::sync_attempt::Problem;
use std::fmt;

/// The data that a sync read and changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Changes of advisories, named by id.
    pub advisories: Changes,
    /// Changes of crates, by name.
    pub crates: Changes,
    /// Changes of versions, as `crate@version`.
    pub versions: Changes,
    /// The number of pairs of an advisory and a published version that it
    /// affects, after the sync. Counted only if one may have changed.
    pub affected_versions: Option<u64>,
    /// The number of packages of the collection `crates` that an advisory
    /// names.
    pub packages: usize,
    /// The skipped files.
    pub skipped: Vec<Skipped>,
    /// The problem of a sync that wrote what it could but was not a good one.
    pub problem: Option<Problem>,
    /// True if anything differs from what the database had.
    pub is_changed: bool,
    /// The current revision of the database.
    pub revision: i32,
}

/// The changes of the rows of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The number of items in the source.
    pub read: usize,
    /// New items.
    pub added: Names,
    /// Items whose row has changed.
    pub changed: Names,
    /// Items that the source no longer has.
    pub removed: Names,
}

/// A list of names that remembers only the first 10,000: a whole index has
/// millions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    first: Vec<String>,
    count: usize,
}

/// The maximum number of names that a list remembers.
const REMEMBERED: usize = 10_000;

/// A file that a sync skipped. Data read from it earlier is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its path within its source.
    pub path: String,
    /// The reason.
    pub reason: SkipReason,
}

/// The reason why a file was skipped. Its text is our own; the text of a parser
/// is only logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// The file could not be read.
    Unreadable,
    /// The file is larger than any real one.
    TooLarge,
    /// The file is a link, which is not followed.
    Link,
    /// A field is longer than any real one.
    TooLong(&'static str),
    /// The index could not be reached, or gave no usable answer.
    IndexUnreachable,
    /// The file is not UTF-8.
    NotUtf8,
    /// The file is not a Markdown file in a package's folder.
    NotAnAdvisoryFile,
    /// `rustsec` cannot parse it.
    NotAnAdvisory,
    /// The file's name is neither its id nor the placeholder with a suffix.
    WrongFileName,
    /// The file's folder is not its package.
    WrongFolder,
    /// The file's package is not a name that a crate could have.
    NotACrateName,
    /// Another file has the same id.
    DuplicateId(String),
    /// A line of an index file is not an index line; lines count from 1.
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
    /// Logs it, in numbers.
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

/// The number of names that are printed before "and N more".
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
    /// Returns true if nothing changed.
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
    /// Adds a name.
    pub(super) fn push(&mut self, name: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < REMEMBERED {
            self.first.push(name());
        }
    }

    /// Adds these names, sorted.
    pub(super) fn extend_sorted(&mut self, names: impl IntoIterator<Item = String>) {
        let mut names: Vec<String> = names.into_iter().collect();
        names.sort();
        for name in names {
            self.push(|| name);
        }
    }

    /// Returns the number of names, remembered or not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Returns true if there are no names.
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
