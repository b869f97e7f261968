//! The two doors, the layers around their routes, and their connections.

mod connection;
mod internal;
mod layers;
mod tab;

pub use connection::{Connections, serve};
pub use internal::{Access, AccessError, Internal, KeptReplies, internal_door, is_graphiql_built};
pub use layers::with_layers;
pub use tab::{Routes, tab_assets, tab_door};
