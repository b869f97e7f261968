//! The service behind the Security tab of crates.io.
//!
//! Each module depends only on those below it:
//!
//! - [`app`]: wires everything, once; [`config`]: the command line
//! - [`http`]: the two doors, their layers and their connections
//! - [`tab`]: the Security tab, from its data to its bytes
//! - [`engine`]: runs GraphQL documents within limits
//! - [`graphql`]: the GraphQL schema and its resolvers
//! - [`catalog`]: the data as readers see it
//! - [`schedule`] and [`sync`]: turn the sources into rows; the only writer
//! - [`entity`]: the tables; [`domain`]: names, versions, verdicts, upgrades; pure
//! - [`telemetry`]: the log and the metrics
//! - [`database`], [`clock`], [`door`], [`mode`], [`redact`], [`secrets`], [`shutdown`],
//!   [`sync_health`]: leaves

pub mod app;
pub mod catalog;
pub mod clock;
pub mod config;
pub mod database;
pub mod domain;
pub mod door;
pub mod engine;
pub mod entity;
pub mod graphql;
pub mod http;
pub mod mode;
pub mod redact;
pub mod schedule;
pub mod secrets;
pub mod shutdown;
pub mod sync;
pub mod sync_health;
pub mod tab;
pub mod telemetry;
mod tls;
