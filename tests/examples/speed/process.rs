//! CPU time and memory of processes, from `/proc`.

use anyhow::{Context, Result};
use std::fs;
use std::time::Duration;

/// Linux reports times to user space in hundredths of a second, regardless of
/// its own clock (proc(5), `sysconf(_SC_CLK_TCK)`).
const TICKS: f64 = 100.0;

/// Returns the CPU time of a process and of its children, including dead ones.
pub(crate) fn cpu(process: u32) -> Result<Duration> {
    let mut total = own_cpu(process)?;
    for child in children(process) {
        // A child may have ended since it was listed.
        total += own_cpu(child).unwrap_or_default();
    }
    Ok(total)
}

/// Returns the sum of utime, stime, cutime and cstime.
fn own_cpu(process: u32) -> Result<Duration> {
    let stat = stat(process)?;
    let fields = stat.split_whitespace().skip(11).take(4);
    let ticks: f64 = fields.filter_map(|field| field.parse::<f64>().ok()).sum();
    Ok(Duration::from_secs_f64(ticks / TICKS))
}

/// Returns the resident memory of a process, in bytes.
pub(crate) fn memory(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    let kilobytes: u64 = kilobytes.context("no VmRSS")?.parse()?;
    Ok(kilobytes * 1024)
}

fn children(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|process| process.file_name().to_str()?.parse().ok());
    let is_child = |id: &u32| {
        let stat = stat(*id).unwrap_or_default();
        stat.split_whitespace().nth(1) == Some(&parent.to_string())
    };
    ids.filter(is_child).collect()
}

/// Returns the fields after the name, which is in parentheses and may contain
/// anything.
fn stat(process: u32) -> Result<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let rest = stat.rsplit(')').next().unwrap_or_default();
    Ok(rest.to_owned())
}
