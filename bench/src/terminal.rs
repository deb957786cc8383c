//! The interface of all measured terminals: websh, the bare bridge, tmux, ttyd.

use std::time::{Duration, Instant};

use anyhow::Result;
use portable_pty::{PtyPair, PtySize, native_pty_system};

/// Time limit of every wait, long enough for the slowest machine.
pub const LONG: Duration = Duration::from_secs(120);

pub trait Terminal {
    fn type_text(&mut self, text: &str) -> Result<()>;

    /// Waits for `text` and returns the time it arrived.
    fn wait_for(&mut self, text: &str) -> Result<Instant>;

    /// Types a character and returns the time until it shows.
    fn echo(&mut self, key: char) -> Result<Duration>;

    fn settle(&mut self, time: Duration) -> Result<()>;

    fn bytes(&self) -> u64;
}

/// Keys per block, fewer than a line has columns.
pub const BLOCK: u32 = 50;

/// Time between keys. A person types more slowly; a much shorter time would measure the pace of frames.
pub const GAP: Duration = Duration::from_millis(20);

/// Measures the echo of a block of keys, in µs.
pub fn echo_block(terminal: &mut dyn Terminal, times: &mut Vec<f64>) -> Result<()> {
    for key in ('a'..='z').cycle().take(usize::try_from(BLOCK)?) {
        terminal.settle(GAP)?;
        times.push(terminal.echo(key)?.as_secs_f64() * 1e6);
    }
    // Ctrl-U deletes the line, so that the next block does not wrap.
    terminal.type_text("\u{15}")?;
    terminal.settle(Duration::from_millis(100))
}

/// Runs a command line to its end. The terminal must not have shown `mark` before.
pub fn run(terminal: &mut dyn Terminal, command: &str, mark: &str) -> Result<Duration> {
    let start = Instant::now();
    // The mark is split, so that the echoed command line does not contain it.
    let (head, tail) = mark.split_at(mark.len() / 2);
    terminal.type_text(&format!("{command}; echo {head}''{tail}\r"))?;
    Ok(terminal.wait_for(mark)?.duration_since(start))
}

/// Starts `cat`, so that the kernel echoes, which is the fastest echo.
pub fn start_cat(terminal: &mut dyn Terminal) -> Result<()> {
    terminal.type_text("clear; echo re''ady; cat\r")?;
    terminal.wait_for("ready")?;
    terminal.settle(Duration::from_millis(300))
}

/// Opens a PTY of 80×24.
pub fn pty() -> Result<PtyPair> {
    let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    native_pty_system().openpty(size)
}
