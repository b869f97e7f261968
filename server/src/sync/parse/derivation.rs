//! Fingerprints of files, by which a sync knows which to read again.

use sha2::{Digest, Sha256};

/// Names the way in which rows are derived from files. Raise it whenever the same file makes
/// another row, verdicts included: after such an upgrade, every file is read again. Keep it
/// only if a migration converts the known rows into those that would be made now. The test
/// below fails if you forget this.
const DERIVATION: &str = "4";

/// Returns a file's fingerprint: [`DERIVATION`] and SHA-256.
pub(in crate::sync) fn fingerprint(bytes: &[u8]) -> String {
    format!("{DERIVATION}:{}", sha256(bytes))
}

/// Returns true if the rows of the file with this fingerprint were derived by the
/// current code.
pub(in crate::sync) fn is_current(fingerprint: &str) -> bool {
    let derivation = fingerprint
        .split_once(':')
        .map(|(derivation, _)| derivation);
    derivation == Some(DERIVATION)
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::crate_name::CrateName;
    use crate::entity::{advisory, version};
    use crate::sync::apply::judge;
    use crate::sync::source::files::Files;
    use crate::sync::source::listing::Listing;
    use crate::sync::source::sample;
    use crate::sync::{advisory_file, index_file};
    use std::collections::HashMap;
    use time::OffsetDateTime;

    /// [`DERIVATION`], and the SHA-256 of the sample's files and of the rows made
    /// from them.
    const GOLDEN: [&str; 3] = [
        "4",
        "e9db72dafc3fd8474edbd885c3a96df36cffe380b1c7c995ec31a5c9019138fd",
        "6d49c398c4366c0e25d29d28d5e32f26068f51c0acd368ea1b7f8cc55f9d6760",
    ];

    #[test]
    fn a_changed_derivation_is_raised() {
        let (mut advisories, versions) = rows();
        let verdicts = judge::judge(&advisories, versions.clone());
        for (row, affected) in advisories.iter_mut().zip(verdicts) {
            row.affected_versions = affected;
        }
        let rows = format!("{advisories:#?}\n{versions:#?}");
        let now = [DERIVATION, &sha256(&files()), &sha256(rows.as_bytes())];
        let is_forgotten = now[..2] == GOLDEN[..2];
        assert!(
            now == GOLDEN,
            "{}\nThen set GOLDEN to {now:#?}.",
            match is_forgotten {
                true =>
                    "The same files make other rows: raise DERIVATION, or migrate the known rows.",
                false => "The sample or DERIVATION has changed.",
            }
        );
    }

    #[test]
    fn fingerprints_of_another_derivation_are_not_current() {
        let fingerprint = fingerprint(b"");
        assert!(is_current(&fingerprint), "{fingerprint}");
        let (_, digest) = fingerprint.split_once(':').expect("two parts");
        for other in [&format!("1:{digest}"), digest, ""] {
            assert!(!is_current(other), "{other}");
        }
    }

    /// Returns every file of the sample, with its path.
    fn files() -> Vec<u8> {
        let mut files = Vec::new();
        let mut folders = vec![sample::ADVISORY_DB, sample::INDEX];
        while let Some(folder) = folders.pop() {
            folders.extend(folder.dirs());
            files.extend(folder.files().map(|file| (file.path(), file.contents())));
        }
        files.sort();
        format!("{files:?}").into_bytes()
    }

    /// Returns the sample's advisories and versions, with their indexes as keys.
    fn rows() -> (Vec<advisory::Model>, Vec<version::Model>) {
        let advisories = Files::Embedded(sample::ADVISORY_DB);
        let advisories = advisory_file::read_all(&advisories, &HashMap::new());
        let mut advisories = advisories.expect("the sample").parsed;
        let index = Files::Embedded(sample::INDEX);
        let listing = Listing::read(&index, OffsetDateTime::UNIX_EPOCH);
        let mut names = listing.expect("the sample's index").names;
        names.sort_by_key(CrateName::lookup);

        for (id, row) in (1..).zip(&mut advisories) {
            let name = CrateName::parse(&row.package).map(|name| name.lookup());
            let krate = names.iter().position(|it| Some(it.lookup()) == name);
            row.id = id;
            row.crate_id = krate.and_then(|place| place.try_into().ok());
            row.source_hash.clear();
        }
        let known = vec![index_file::KnownFile::default(); names.len()];
        let mut versions = Vec::new();
        for (crate_id, read) in (0..).zip(index_file::read_all(
            &index,
            &names,
            &known,
            OffsetDateTime::UNIX_EPOCH,
        )) {
            let index_file::FileState::Parsed(file) = read else {
                panic!("{read:?}");
            };
            versions.extend(file.versions.into_iter().map(|(num, read)| version::Model {
                id: 0,
                crate_id,
                num,
                is_yanked: read.is_yanked,
                published_at: read.published_at,
                rust_version: read.rust_version.map(|version| version.to_string()),
            }));
        }
        for (id, row) in (1..).zip(&mut versions) {
            row.id = id;
        }
        (advisories, versions)
    }
}
