//! The tests that cross crates, as one program: it links once.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod browser;
mod doors;
mod graphql;
mod history;
mod migrations;
mod real_data;
mod schema;
mod statements;
mod sync;
mod tab;
