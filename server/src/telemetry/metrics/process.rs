//! The metrics of the process: memory, file descriptors and processor time, on Linux only.
//! The names are those of Prometheus' standard process metrics.

use super::recorder::Record;

/// Reads the metrics of the process from `/proc/self`, which is accessible even in a systemd
/// unit with `ProcSubset=pid`. A metric that cannot be read keeps its last value.
#[cfg(target_os = "linux")]
pub(super) fn record(record: &Record) {
    use super::exact;
    use super::names::{CPU_SECONDS, MAX_FDS, OPEN_FDS, RESIDENT_MEMORY};
    use procfs::WithCurrentSystemInfo;
    use procfs::process::{LimitValue, Process};

    let set = |metric, value: u64| record.gauge(metric, &[]).set(exact(value));
    let Ok(process) = Process::myself() else {
        return;
    };
    if let Ok(stat) = process.stat() {
        let ticks = procfs::ticks_per_second().max(1);
        set(RESIDENT_MEMORY, stat.rss_bytes().get());
        let seconds = (stat.utime + stat.stime) / ticks;
        record.counter(CPU_SECONDS, &[]).absolute(seconds);
    }
    if let Ok(open) = process.fd_count() {
        set(OPEN_FDS, open.try_into().unwrap_or(u64::MAX));
    }
    if let Ok(limits) = process.limits()
        && let LimitValue::Value(max) = limits.max_open_files.soft_limit
    {
        set(MAX_FDS, max);
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn record(_: &Record) {}
