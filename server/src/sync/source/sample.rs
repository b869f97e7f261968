//! The sample in the binary, so that the first run needs nothing else.

use include_dir::{Dir, include_dir};

/// A small advisory-db: facts from RustSec's, with texts of our own.
pub(in crate::sync) static ADVISORY_DB: &Dir<'_> =
    &include_dir!("$CARGO_MANIFEST_DIR/sample/advisory-db");

/// The index files of its crates.
pub(in crate::sync) static INDEX: &Dir<'_> = &include_dir!("$CARGO_MANIFEST_DIR/sample/index");
