//! What every measured terminal can do for a measurement: websh, the bare bridge, tmux, ttyd.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Nothing that is waited for takes this long, however slow the machine.
pub const LONG: Duration = Duration::from_secs(120);

/// Somebody at a terminal.
pub trait Terminal {
    /// Types text as it is.
    fn type_text(&mut self, text: &str) -> Result<()>;

    /// Waits until `text` has come; says when it did.
    fn wait_for(&mut self, text: &str) -> Result<Instant>;

    /// Types one character and waits until it shows.
    fn echo(&mut self, key: char) -> Result<Duration>;

    /// Takes in what comes for this long.
    fn settle(&mut self, time: Duration) -> Result<()>;

    /// Bytes that came over the wire so far.
    fn bytes(&self) -> u64;
}

/// Runs a command line and waits until it is done; `mark` must be new to this terminal.
pub fn run(terminal: &mut dyn Terminal, command: &str, mark: &str) -> Result<Duration> {
    let start = Instant::now();
    // Written in two parts, so that the echoed command line is not taken for its output.
    let (head, tail) = mark.split_at(mark.len() / 2);
    terminal.type_text(&format!("{command}; echo {head}''{tail}\r"))?;
    Ok(terminal.wait_for(mark)?.duration_since(start))
}

/// Starts `cat`, which leaves the echo to the kernel: the quickest echo there is.
pub fn start_cat(terminal: &mut dyn Terminal) -> Result<()> {
    terminal.type_text("clear; echo re''ady; cat\r")?;
    terminal.wait_for("ready")?;
    terminal.settle(Duration::from_millis(300))
}
