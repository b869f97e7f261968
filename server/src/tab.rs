//! The Security tab of a crate and a version, from its data to its bytes.

mod source;

pub use source::{Source, Unavailable};
