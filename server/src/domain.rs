//! The rules about names, versions and advisories, as pure functions of plain
//! values: no database, no GraphQL, no clock, no I/O.

pub mod alert;
pub mod crate_name;
pub mod fix;
pub mod identifier;
pub mod kind;
pub mod line;
pub mod order;
pub mod platforms;
pub mod range;
pub mod requirement;
pub mod rust_version;
pub mod severity;
pub mod source_file;
pub mod upgrade;
pub mod verdict;
pub mod version;
