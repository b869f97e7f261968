//! The service behind the Security tab of crates.io.
//!
//! - [`access`]: who gets into the internal door
//! - [`config`]: the command line; [`telemetry`]: the log
//! - [`domain`]: names, versions, verdicts, upgrades, severity; pure
//! - [`document`]: which GraphQL documents are run, within what limits;
//!   [`answer`]: runs them, [`turns`]: so many at once
//! - [`entity`]: the tables; [`database`]: opens them
//! - [`sync`]: the outside world into rows; the only writer
//! - [`schedule`]: syncs again and again; [`sync_health`] and [`metrics`]: how that goes
//! - [`graphql`]: the contract, over the tables
//! - [`tab_data`]: the tab's own document, run here or sent elsewhere
//! - [`http`]: the two doors; [`state`]: what their handlers share

pub mod access;
pub mod answer;
pub mod config;
pub mod database;
pub mod document;
pub mod domain;
pub mod entity;
pub mod graphql;
pub mod http;
pub mod metrics;
pub mod schedule;
pub mod state;
pub mod sync;
pub mod sync_health;
pub mod tab_data;
pub mod telemetry;
mod tls;
pub mod turns;
