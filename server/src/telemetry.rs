//! The log and the metrics, for the operator.

pub mod log;
pub mod metrics;
pub mod traces;
