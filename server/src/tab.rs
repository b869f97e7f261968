//! The Security tab of a crate and a version, from its data to its bytes.

mod reach;
mod sample;
mod source;
mod texts;

pub use sample::{SamplePolicy, is_ready};
pub use source::{Source, Unavailable};
pub use texts::{Texts, TooSlow};
