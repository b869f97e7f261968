//! The audience of a server.

/// The audience that the doors are open for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// For crates.io: the tab and the registered documents.
    Production,
    /// For developers at their own machine, on loopback only: also any document,
    /// introspection, GraphiQL and the preview.
    Dev,
}
