//! A door's connections: their number, their time limits, and their end.

mod alarm;
mod closing;
pub(super) mod host;
mod seats;
mod serve;
mod stream;
mod working;

pub use serve::{Connections, serve};

pub(super) use closing::Closing;
