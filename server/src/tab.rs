//! The Security tab of a crate and a version, from its data to its bytes.

mod reach;
mod source;
mod texts;

pub use source::{Source, Unavailable};
pub use texts::{Texts, TooSlow};
