//! What the service tells its operator: the log and the metrics.

pub mod log;
pub mod metrics;
