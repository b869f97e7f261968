//! The audience of a server.

/// The audience of the doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// crates.io: the tab and the registered documents.
    Production,
    /// Developers at their own machine, on loopback only: also any document,
    /// introspection, GraphiQL and the preview.
    Dev,
}
