//! Processes: running the program under test, and inspecting and signalling others.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{process::Command, time::timeout};

use super::LONG;

/// Returns the program under test with a data directory and only the test's configuration.
pub fn command(data: &Path) -> Command {
    command_within(&[], data)
}

/// Returns the program under test as the last arguments of another program.
pub fn command_within(prefix: &[&str], data: &Path) -> Command {
    let mut words = prefix.iter().copied().chain([env!("CARGO_BIN_EXE_websh")]);
    let mut command = Command::new(words.next().unwrap());
    command
        .args(words)
        .env_clear()
        .current_dir(data)
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("WEBSH_DATA_DIR", data)
        .env("WEBSH_SESSION_PROGRAM", session_program())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Runs the program to its end. Returns whether it succeeded, and all its output.
pub async fn run(data: &Path, arguments: &[&str], input: &str) -> (bool, String) {
    let input_file = data.join("test-input");
    fs::write(&input_file, format!("{input}\n")).unwrap();
    let mut command = command(data);
    command.args(arguments).stdin(fs::File::open(input_file).unwrap());
    let output = timeout(LONG, command.output()).await.unwrap().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(printed).unwrap())
}

#[expect(clippy::disallowed_methods, reason = "the caller of the tests may set the program")]
pub fn session_program() -> PathBuf {
    let beside = || Path::new(env!("CARGO_BIN_EXE_websh")).with_file_name("websh-session");
    let program = std::env::var_os("WEBSH_SESSION_PROGRAM").map_or_else(beside, PathBuf::from);
    assert!(program.is_file(), "{} is missing: cargo build -p session", program.display());
    program
}

/// Returns the account that the server runs as.
pub fn own_account() -> String {
    let name = std::process::Command::new("id").arg("-un").output().unwrap().stdout;
    String::from_utf8(name).unwrap().trim().to_owned()
}

/// Returns whether a process runs. A zombie does not.
pub fn runs(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    !status.is_empty() && !status.contains("\nState:\tZ")
}

/// Returns whether a process is stopped by a signal.
pub fn is_stopped(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status.contains("\nState:\tT")
}

/// Returns the children of a process.
pub fn children(process: u32) -> Vec<u32> {
    let path = format!("/proc/{process}/task/{process}/children");
    let children = fs::read_to_string(path).unwrap();
    children.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

/// Returns the processes that have `word` among their arguments.
pub fn processes_with(word: &str) -> Vec<u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| {
        let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        arguments.split(|byte| *byte == 0).any(|argument| argument == word.as_bytes())
    })
    .collect()
}

pub fn signal(process: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}
