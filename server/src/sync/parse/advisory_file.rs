//! Parses an advisory's file into its row. `rustsec` parses; this module checks what
//! `rustsec` leaves to its linter: the name of the file, its folder, its neighbours.

use crate::domain::crate_name::CrateName;
use crate::domain::identifier;
use crate::entity::advisory::{self, CRATES, RUST};
use crate::entity::list::{AffectedFunction, FunctionList, KeyList};
use crate::sync::SyncError;
use crate::sync::parse::derivation::fingerprint;
use crate::sync::plan::known::{Known, KnownAdvisory};
use crate::sync::report::{SkipReason, Skipped};
use crate::sync::source::files::{Entry, Files};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::panic::catch_unwind;
use time::Date;
use time::macros::format_description;

/// The largest file that is read, in bytes. RustSec's largest has about 10 kB.
pub(in crate::sync) const MAX_SIZE: u64 = 256 * 1024;

/// The maximum number of entries of both collections: about eighty times as many as
/// RustSec has.
pub(in crate::sync) const MAX_FILES: usize = 100_000;

/// The longest field other than the description, in bytes of text.
const MAX_FIELD: usize = 4 * 1024;

/// The longest description, in bytes. RustSec's longest has 9.5 kB.
const MAX_DESCRIPTION: usize = 64 * 1024;

/// The maximum number of elements in a list.
const MAX_LIST: usize = 500;

/// The advisories of the advisory-db, compared with the database.
#[derive(Debug, Default)]
pub(in crate::sync) struct Advisories {
    /// Paths of unchanged files.
    pub(in crate::sync) unchanged: Vec<String>,
    /// Advisories of new or changed files; keys and verdicts are not set yet.
    pub(in crate::sync) parsed: Vec<advisory::Model>,
    /// Skipped files.
    pub(in crate::sync) skipped: Vec<Skipped>,
}

/// Reads every advisory of both collections. Does not parse a file whose hash is
/// known.
pub(in crate::sync) fn read_all(
    files: &Files,
    known: &HashMap<String, KnownAdvisory>,
) -> Result<Advisories, SyncError> {
    let mut read = Advisories::default();
    // The file in which each id occurred first. Placeholders are not ids yet.
    let mut paths_by_id = HashMap::new();
    let entries = list(files, &mut read.skipped)?;
    if entries.len() + read.skipped.len() > MAX_FILES {
        return Err(SyncError::TooManyFiles);
    }
    for Entry { path, .. } in entries {
        let seen = match read_one(files, &path, known.get(&path)) {
            Ok(seen) => seen,
            Err(reason) => {
                read.skipped.push(Skipped { path, reason });
                continue;
            }
        };
        let id = match &seen {
            Seen::Unchanged(id) => id.clone(),
            Seen::Parsed(row) => row.advisory_id.clone(),
        };
        if !identifier::is_placeholder(&id)
            && let Some(first) = paths_by_id.insert(id.clone(), path.clone())
        {
            paths_by_id.insert(id, first.clone());
            let reason = SkipReason::DuplicateId(first);
            read.skipped.push(Skipped { path, reason });
            continue;
        }
        match seen {
            Seen::Unchanged(_) => read.unchanged.push(path),
            Seen::Parsed(row) => read.parsed.push(*row),
        }
    }
    Ok(read)
}

impl Advisories {
    pub(in crate::sync) fn count(&self) -> usize {
        self.unchanged.len() + self.parsed.len()
    }

    /// Returns true if nothing differs from the database: every file is unchanged, and
    /// none was added or removed.
    pub(in crate::sync) fn is_as_known(&self, known: &Known) -> bool {
        self.parsed.is_empty() && self.kept(known).len() == known.advisories.len()
    }

    /// Returns the paths of known advisories that stay as they are: their file is
    /// unchanged, or it was skipped and no other file has the id now.
    pub(in crate::sync) fn kept<'a>(&'a self, known: &'a Known) -> Vec<&'a str> {
        let id = |path: &&str| known.advisories.get(*path).map(|known| &known.advisory_id);
        let unchanged = self.unchanged.iter().map(String::as_str);
        let parsed = self.parsed.iter().map(|row| &row.advisory_id);
        let ids: HashSet<&String> = unchanged
            .clone()
            .filter_map(|path| id(&path))
            .chain(parsed)
            .collect();
        let skipped = self.skipped.iter().map(|skipped| skipped.path.as_str());
        let skipped = skipped.filter(|path| {
            id(path).is_some_and(|id| identifier::is_placeholder(id) || !ids.contains(id))
        });
        unchanged.chain(skipped).collect()
    }

    /// Returns the crates that an advisory names, either a newly parsed one or one
    /// that stays.
    pub(in crate::sync) fn crate_names(&self, known: &Known) -> BTreeSet<CrateName> {
        let parsed = self.parsed.iter().filter(|row| row.collection == CRATES);
        let parsed = parsed.map(|row| row.package.as_str());
        let kept = self.kept(known).into_iter();
        let kept = kept.filter_map(|path| known.package_of(path));
        parsed.chain(kept).filter_map(CrateName::parse).collect()
    }
}

enum Seen {
    /// The file is unchanged; its advisory id.
    Unchanged(String),
    Parsed(Box<advisory::Model>),
}

/// Lists the files of both collections, `COLLECTION/PACKAGE/ID.md`, in order of path.
fn list(files: &Files, skipped: &mut Vec<Skipped>) -> Result<Vec<Entry>, SyncError> {
    let mut found = Vec::new();
    for collection in [CRATES, RUST] {
        let packages = match files.list(collection) {
            Ok(packages) => packages,
            // An advisory-db may have advisories on crates only.
            Err(error) if collection == RUST && error.kind() == std::io::ErrorKind::NotFound => {
                continue;
            }
            Err(error) => {
                tracing::error!(%error, collection, "cannot list the advisory-db");
                return Err(SyncError::NotAnAdvisoryDb(files.to_string()));
            }
        };
        for package in packages {
            let not_an_advisory = |path| Skipped {
                path,
                reason: SkipReason::NotAnAdvisoryFile,
            };
            if !package.is_folder {
                skipped.push(not_an_advisory(package.path));
                continue;
            }
            let Ok(entries) = files.list(&package.path) else {
                skipped.push(Skipped {
                    path: package.path,
                    reason: SkipReason::Unreadable,
                });
                continue;
            };
            for entry in entries {
                if entry.is_folder || !entry.name.ends_with(".md") {
                    skipped.push(not_an_advisory(entry.path));
                } else {
                    found.push(entry);
                }
            }
        }
    }
    Ok(found)
}

fn read_one(files: &Files, path: &str, known: Option<&KnownAdvisory>) -> Result<Seen, SkipReason> {
    let bytes = files.read(path, MAX_SIZE).map_err(|error| {
        tracing::warn!(path, %error, "skipped the advisory {path}: cannot read the file");
        SkipReason::from(error)
    })?;
    let source_hash = fingerprint(&bytes);
    if let Some(known) = known.filter(|known| known.source_hash == source_hash) {
        return Ok(Seen::Unchanged(known.advisory_id.clone()));
    }
    let text = String::from_utf8(bytes).map_err(|_| SkipReason::NotUtf8)?;
    parse(path, &text, source_hash).map(|row| Seen::Parsed(Box::new(row)))
}

/// Parses an advisory from its file's text.
pub(in crate::sync) fn parse(
    path: &str,
    text: &str,
    source_hash: String,
) -> Result<advisory::Model, SkipReason> {
    // `rustsec` panics on some malformed requirements that it considers impossible.
    let parsed = catch_unwind(|| text.parse::<rustsec::Advisory>());
    let advisory = match parsed {
        Ok(Ok(advisory)) => advisory,
        Ok(Err(error)) => {
            tracing::warn!(path, %error, "skipped the advisory {path}: cannot parse the file");
            return Err(SkipReason::NotAnAdvisory);
        }
        Err(_) => return Err(SkipReason::NotAnAdvisory),
    };
    let row = row(path, source_hash, advisory)?;
    check_lengths(&row)?;
    let mut parts = path.split('/');
    let (collection, package, file) = (parts.next(), parts.next(), parts.next());
    if !file.is_some_and(|file| is_named_by(file, &row.advisory_id)) {
        return Err(SkipReason::WrongFileName);
    }
    if package != Some(&row.package) {
        return Err(SkipReason::WrongFolder);
    }
    if collection == Some(CRATES) && CrateName::parse(&row.package).is_none() {
        return Err(SkipReason::NotACrateName);
    }
    Ok(row)
}

/// Returns true if a file is named by this advisory id: `ID.md`. Several advisories on
/// a crate that have no number yet share the placeholder and add a suffix:
/// `RUSTSEC-0000-0000.1.md`.
fn is_named_by(file: &str, id: &str) -> bool {
    let name = file.strip_suffix(".md");
    match name.and_then(|name| name.strip_prefix(id)) {
        Some("") => true,
        Some(suffix) => {
            let is_suffix = suffix.strip_prefix('.').is_some_and(|it| !it.is_empty());
            is_suffix && identifier::is_placeholder(id)
        }
        None => false,
    }
}

/// Rejects a field that is too long for any page.
fn check_lengths(row: &advisory::Model) -> Result<(), SkipReason> {
    let texts = [
        ("title", Some(&row.title)),
        ("url", row.url.as_ref()),
        ("license", Some(&row.license)),
        ("cvss", row.cvss.as_ref()),
        ("informational", row.informational.as_ref()),
    ];
    let lists = [
        ("patched", &row.patched),
        ("unaffected", &row.unaffected),
        ("os", &row.os),
        ("arch", &row.arch),
        ("aliases", &row.aliases),
        ("related", &row.related),
        ("references", &row.references),
        ("categories", &row.categories),
        ("keywords", &row.keywords),
    ];
    let is_long = |text: &String| text.len() > MAX_FIELD;
    let long_text = texts.iter().find(|(_, text)| text.is_some_and(is_long));
    let long_list = lists
        .iter()
        .find(|(_, list)| list.0.len() > MAX_LIST || list.0.iter().any(is_long));
    let mut functions = row.functions.0.iter();
    let long_functions = row.functions.0.len() > MAX_LIST
        || functions.any(|function| {
            let versions = &function.versions;
            is_long(&function.path) || versions.len() > MAX_LIST || versions.iter().any(is_long)
        });
    let field = long_text.map(|(name, _)| *name);
    let field = field.or(long_list.map(|(name, _)| *name));
    let field = field.or(long_functions.then_some("functions"));
    let long_description = row.description.len() > MAX_DESCRIPTION;
    let field = field.or(long_description.then_some("description"));
    field.map_or(Ok(()), |field| Err(SkipReason::TooLong(field)))
}

fn row(
    path: &str,
    source_hash: String,
    advisory: rustsec::Advisory,
) -> Result<advisory::Model, SkipReason> {
    let rustsec::Advisory {
        metadata,
        affected,
        versions,
    } = advisory;
    let affected = affected.unwrap_or_default();
    let collection = path.split('/').next().unwrap_or_default();
    Ok(advisory::Model {
        id: 0,
        source_path: path.to_owned(),
        source_hash,
        advisory_id: metadata.id.as_str().to_owned(),
        collection: collection.to_owned(),
        package: metadata.package.as_str().to_owned(),
        crate_id: None,
        title: metadata.title.trim().to_owned(),
        description: metadata.description,
        date: date(&metadata.date)?,
        withdrawn: metadata.withdrawn.as_ref().map(date).transpose()?,
        informational: metadata.informational.map(|kind| kind.as_str().to_owned()),
        cvss: metadata.cvss.map(|cvss| cvss.to_string()),
        url: metadata.url.map(String::from),
        license: metadata.license.spdx().to_owned(),
        expect_deleted: metadata.expect_deleted,
        patched: versions.patched().iter().map(ToString::to_string).collect(),
        unaffected: versions
            .unaffected()
            .iter()
            .map(ToString::to_string)
            .collect(),
        functions: functions(&affected),
        os: affected.os.iter().map(|os| os.as_str()).collect(),
        arch: affected.arch.iter().map(|arch| arch.as_str()).collect(),
        aliases: metadata.aliases.iter().map(|id| id.as_str()).collect(),
        related: metadata.related.iter().map(|id| id.as_str()).collect(),
        references: metadata.references.into_iter().map(String::from).collect(),
        categories: metadata
            .categories
            .iter()
            .map(|category| category.name())
            .collect(),
        keywords: metadata
            .keywords
            .iter()
            .map(|keyword| keyword.as_str())
            .collect(),
        affected_versions: KeyList::default(),
    })
}

fn functions(affected: &rustsec::advisory::Affected) -> FunctionList {
    let functions = affected
        .functions
        .iter()
        .map(|(path, versions)| AffectedFunction {
            path: path.to_string(),
            versions: versions.iter().map(ToString::to_string).collect(),
        });
    let mut functions: Vec<_> = functions.collect();
    functions.sort_by(|a, b| a.path.cmp(&b.path));
    FunctionList(functions)
}

fn date(date: &rustsec::advisory::Date) -> Result<Date, SkipReason> {
    let format = format_description!("[year]-[month]-[day]");
    Date::parse(date.as_str(), format).map_err(|_| SkipReason::NotAnAdvisory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        let placeholder = "RUSTSEC-0000-0000";
        for (file, id, expect) in [
            ("RUSTSEC-2024-0001.md", "RUSTSEC-2024-0001", true),
            ("RUSTSEC-2024-0001.0.md", "RUSTSEC-2024-0001", false),
            ("RUSTSEC-2024-00010.md", "RUSTSEC-2024-0001", false),
            ("RUSTSEC-0000-0000.md", placeholder, true),
            ("RUSTSEC-0000-0000.12.md", placeholder, true),
            ("RUSTSEC-0000-0000.unmaintained.md", placeholder, true),
            ("RUSTSEC-0000-0000..md", placeholder, false),
            ("RUSTSEC-0000-00001.md", placeholder, false),
            ("RUSTSEC-0000-0000.0", placeholder, false),
            ("RUSTSEC-2024-0001.md", placeholder, false),
        ] {
            assert_eq!(is_named_by(file, id), expect, "{file}");
        }
    }

    #[test]
    fn a_title_has_no_space_around_it() {
        let text = "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"widget\"\n\
            date = \"2024-01-01\"\n\n[versions]\npatched = []\n```\n\n#  A fault \n\nIt breaks.\n";
        let row = parse("crates/widget/RUSTSEC-2024-0001.md", text, String::new());
        assert_eq!(row.expect("an advisory").title, "A fault");
    }
}
