//! The tests that cross crates, as one program, which is linked only once.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod access;
mod alerts;
mod arrows;
mod audits;
mod browser;
mod cargo;
mod chaos;
mod closing;
mod connections;
mod data_version;
mod database;
mod docs;
mod documents;
mod doors;
mod embedding;
mod examples;
mod facts;
mod faults;
mod full_disk;
mod fuzz;
mod graphql;
mod guards;
mod history;
mod html;
mod limits;
mod lines;
mod log;
mod log_guide;
mod marks;
mod metrics;
mod migrations;
mod outage;
mod own_lock;
mod placeholders;
mod preview;
mod real_data;
mod rebuild;
mod requirement_lists;
mod requirements;
mod sample;
mod schedule;
mod schema;
mod secret_file;
mod servers;
mod shipped;
mod statements;
mod sync;
mod tab;
mod texts;
mod turns;
mod variables;
