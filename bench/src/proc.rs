//! Facts about processes from the kernel: CPU time, memory, children, command lines. Linux only.

use std::{collections::BTreeSet, fs, path::Path, process::Child, time::Duration};

use anyhow::{Context, Result};
use nix::time::{clock_getcpuclockid, clock_gettime};
use rustix::process::{Pid, Signal, kill_process};

/// A child process that ends when it is dropped.
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// CPU time of a process in nanoseconds, with its finished threads and without its children.
pub fn cpu(process: u32) -> Result<Duration> {
    let pid = nix::unistd::Pid::from_raw(i32::try_from(process)?);
    let clock = clock_getcpuclockid(pid)?;
    Ok(clock_gettime(clock)?.into())
}

pub fn cpu_of_all(processes: &[u32]) -> Result<Duration> {
    processes.iter().map(|process| cpu(*process)).sum()
}

/// Proportional set size in KiB: pages shared with others count in part.
pub fn pss_kib(process: u32) -> Result<f64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

pub fn children(process: u32) -> BTreeSet<u32> {
    fs::read_to_string(format!("/proc/{process}/task/{process}/children"))
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|id| id.parse().ok())
        .collect()
}

/// Processes that run `program` with `argument` as their first argument.
pub fn running(program: &Path, argument: &str) -> Vec<u32> {
    let start = [program.as_os_str().as_encoded_bytes(), argument.as_bytes()];
    find(|words| words.starts_with(&start))
}

/// Processes whose command line has `word` as one of its words.
pub fn mentioning(word: &str) -> Vec<u32> {
    find(|words| words.contains(&word.as_bytes()))
}

/// Processes whose command line matches.
fn find(matches: impl Fn(&[&[u8]]) -> bool) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let all = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    all.filter(|process| {
        let line = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
        matches(&line.split(|byte| *byte == 0).collect::<Vec<_>>())
    })
    .collect()
}

/// Sends a signal; ignores a process that has exited.
pub fn signal(process: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

/// The machine in one line: processor model and count, kernel.
pub fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("unknown processor", |(_, name)| name.trim());
    let count = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kernel = read("/proc/sys/kernel/osrelease");
    format!("{model}, {count} processors, Linux {}", kernel.trim())
}

/// Load averages over 1, 5 and 15 minutes, as the kernel prints them.
pub fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}
