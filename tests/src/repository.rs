//! A git repository that a test commits to, without a `git` program.

use gix::objs::tree::EntryKind;
use gix::refs::transaction::PreviousValue;
use gix::{ObjectId, Repository};
use server::sync::Git;
use std::path::PathBuf;
use tempfile::TempDir;
use time::OffsetDateTime;
use url::Url;

/// The branch for commits, to which `HEAD` points.
pub const BRANCH: &str = "refs/heads/main";

/// A bare repository with an advisory-db in it.
pub struct TestRepository {
    /// The repository.
    pub git: Repository,
    folder: TempDir,
}

/// The change of a path in a commit.
#[derive(Clone, Debug)]
pub enum Change {
    /// Writes the file with this content.
    Write(String, Vec<u8>),
    /// Makes a link to this target.
    Link(String, String),
    /// Removes the file.
    Remove(String),
}

impl TestRepository {
    /// Creates a repository without a commit.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it writes files")]
    pub fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let path = folder.path().join("advisory-db");
        gix::init_bare(&path).expect("a repository");
        let options = gix::open::Options::isolated();
        let git = gix::open_opts(&path, options).expect("a repository");
        Self { git, folder }
    }

    /// Commits on top of the branch, at this time by the committer's clock.
    pub fn commit(&self, changes: &[Change], at: OffsetDateTime) -> ObjectId {
        self.write(changes, at, true)
    }

    /// Commits the branch's files with these changes as a commit without a parent.
    pub fn commit_anew(&self, changes: &[Change], at: OffsetDateTime) -> ObjectId {
        self.write(changes, at, false)
    }

    fn write(&self, changes: &[Change], at: OffsetDateTime, has_history: bool) -> ObjectId {
        let head = self.git.find_reference(BRANCH).ok();
        let head = head.map(|mut head| head.peel_to_commit().expect("a commit"));
        let tree = head.as_ref().map(|head| head.tree().expect("its tree"));
        let tree = tree.unwrap_or_else(|| self.git.empty_tree());
        let mut tree = tree.edit().expect("an editor");
        for change in changes {
            match change {
                Change::Write(path, bytes) => {
                    let blob = self.git.write_blob(bytes).expect("a blob");
                    tree.upsert(path.as_str(), EntryKind::Blob, blob.detach())
                }
                Change::Link(path, target) => {
                    let blob = self.git.write_blob(target).expect("a blob");
                    tree.upsert(path.as_str(), EntryKind::Link, blob.detach())
                }
                Change::Remove(path) => tree.remove(path.as_str()),
            }
            .expect("a change");
        }
        let tree = tree.write().expect("a tree");
        let time = format!("{} +0000", at.unix_timestamp());
        let committer = gix::actor::SignatureRef {
            name: "A Committer".into(),
            email: "committer@example.org".into(),
            time: &time,
        };
        let parents = head.map(|head| head.id).filter(|_| has_history);
        let commit =
            self.git
                .new_commit_as(committer, committer, "A change", tree.detach(), parents);
        let commit = commit.expect("a commit").id;
        self.reset_to(commit);
        commit
    }

    /// Points the branch at any commit.
    pub fn reset_to(&self, commit: ObjectId) {
        self.git
            .reference(BRANCH, commit, PreviousValue::Any, "reset")
            .expect("a reference");
    }

    /// Returns the repository as a source that is read in place.
    #[must_use]
    pub fn in_place(&self) -> Git {
        let path = self.git.path();
        Git {
            url: Url::from_file_path(path).expect("an absolute path"),
            clone: self.clone_path(),
        }
    }

    /// Returns the path for a clone of it.
    #[must_use]
    pub fn clone_path(&self) -> PathBuf {
        self.folder.path().join("clone.git")
    }
}
