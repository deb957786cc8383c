//! The limit of output: a reader that discards the output of a PTY. Its time is that of the kernel's
//! line discipline and of the program itself.

use std::{
    io::Read,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use portable_pty::CommandBuilder;

use crate::terminal::{LONG, pty};

/// Measures the time of a command in a PTY of 80×24 whose output is discarded.
pub fn time(command: &str) -> Result<Duration> {
    let pair = pty()?;
    let mut shell = CommandBuilder::new("/bin/bash");
    // The command starts with a line of input, so that the start of bash is not counted.
    shell.args([
        "--noprofile",
        "--norc",
        "-c",
        &format!("stty -echo; echo ready; read -r; {command}"),
    ]);
    let mut reader = pair.master.try_clone_reader()?;
    let mut writer = pair.master.take_writer()?;
    let mut child = pair.slave.spawn_command(shell)?;
    drop(pair.slave);
    let mut buffer = vec![0; 65_536];
    let mut head = Vec::new();
    while !head.ends_with(b"ready\r\n") {
        let count = reader.read(&mut buffer)?;
        ensure!(count > 0, "the shell ended");
        head.extend_from_slice(buffer.get(..count).unwrap_or_default());
    }
    let start = Instant::now();
    writer.write_all(b"\n")?;
    // Linux reports the end of the last program on a PTY as an error.
    while reader.read(&mut buffer).is_ok_and(|count| count > 0) {
        ensure!(start.elapsed() < LONG, "the command does not end");
    }
    let time = start.elapsed();
    child.wait()?;
    Ok(time)
}
