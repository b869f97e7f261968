//! The part of Git's smart HTTP protocol, version 2, that a fetch needs. A
//! `git` program would do the same, but is not on every machine.

use crate::repository::{BRANCH, TestRepository};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use gix::ObjectId;
use gix::objs::Kind;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

/// The longest piece of a pack in one line: git allows 65,515 bytes.
const PIECE: usize = 65_000;

/// Serves a repository under `/advisory-db`.
pub fn routes(repository: &TestRepository) -> Router {
    Router::new()
        .route("/advisory-db/info/refs", get(capabilities))
        .route("/advisory-db/git-upload-pack", post(upload_pack))
        .with_state(repository.git.path().to_owned())
}

async fn capabilities() -> Response {
    let lines = [
        "version 2\n",
        "ls-refs\n",
        "fetch\n",
        "object-format=sha1\n",
    ];
    let mut body = line("# service=git-upload-pack\n");
    body.extend(b"0000");
    body.extend(lines.iter().flat_map(line));
    body.extend(b"0000");
    answer("application/x-git-upload-pack-advertisement", body)
}

async fn upload_pack(State(path): State<PathBuf>, request: Bytes) -> Response {
    let request = String::from_utf8_lossy(&request).into_owned();
    let options = gix::open::Options::isolated();
    let git = gix::open_opts(path, options).expect("the repository");
    let mut body = Vec::new();
    if request.contains("command=ls-refs") {
        let head = git.find_reference(BRANCH).expect("the branch").id();
        body.extend(line(format!("{head} HEAD symref-target:{BRANCH}\n")));
        body.extend(line(format!("{head} {BRANCH}\n")));
    } else if request.contains("done") {
        body.extend(line("packfile\n"));
        for piece in pack(&git).chunks(PIECE) {
            body.extend(line([b"\x01", piece].concat()));
        }
    } else {
        body.extend(line("acknowledgments\n"));
        body.extend(line("NAK\n"));
    }
    body.extend(b"0000");
    answer("application/x-git-upload-pack-result", body)
}

fn answer(media_type: &'static str, body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, media_type)], body).into_response()
}

/// Returns a line prefixed with its length, as git frames all messages.
fn line(text: impl AsRef<[u8]>) -> Vec<u8> {
    let text = text.as_ref();
    let mut line = format!("{:04x}", text.len() + 4).into_bytes();
    line.extend(text);
    line
}

/// Returns a pack with every object of the branch, even if the client has some of them.
fn pack(git: &gix::Repository) -> Vec<u8> {
    let ids = objects(git);
    let mut pack = b"PACK\x00\x00\x00\x02".to_vec();
    pack.extend(u32::try_from(ids.len()).expect("few objects").to_be_bytes());
    for id in ids {
        let object = git.find_object(id).expect("the object");
        pack.extend(object_header(object.kind, object.data.len()));
        let mut encoder = ZlibEncoder::new(&mut pack, Compression::fast());
        encoder.write_all(&object.data).expect("memory");
        encoder.finish().expect("memory");
    }
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(&pack);
    let checksum = hasher.try_finalize().expect("a checksum");
    pack.extend(checksum.as_slice());
    pack
}

/// Returns the commits of the branch, their trees and their files.
fn objects(git: &gix::Repository) -> BTreeSet<ObjectId> {
    let head = git.find_reference(BRANCH).expect("the branch").id();
    let (mut ids, mut commits) = (BTreeSet::new(), vec![head.detach()]);
    while let Some(id) = commits.pop() {
        if !ids.insert(id) {
            continue;
        }
        let commit = git.find_commit(id).expect("a commit");
        let tree = commit.tree().expect("its tree");
        ids.insert(tree.id);
        let entries = tree.traverse().breadthfirst.files().expect("its entries");
        ids.extend(entries.iter().map(|entry| entry.oid));
        commits.extend(commit.parent_ids().map(gix::Id::detach));
    }
    ids
}

/// Encodes an object's kind and size: seven bits in each byte, four in the
/// first one.
fn object_header(kind: Kind, size: usize) -> Vec<u8> {
    let kind = match kind {
        Kind::Commit => 1,
        Kind::Tree => 2,
        Kind::Blob => 3,
        Kind::Tag => 4,
    };
    let low = |bits: usize, mask: usize| u8::try_from(bits & mask).expect("seven bits");
    let mut header = vec![(kind << 4) | low(size, 15)];
    let mut rest = size >> 4;
    while rest > 0 {
        *header.last_mut().expect("a byte") |= 0x80;
        header.push(low(rest, 0x7f));
        rest >>= 7;
    }
    header
}
