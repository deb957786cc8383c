//! Prompts at the terminal. Without a terminal, answers are lines of standard input, for scripts.

use std::io::{self, BufRead, IsTerminal, Write};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::Failure;

/// Prompts for a line.
pub fn line(label: &str) -> Result<String, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        write!(io::stderr(), "{label}: ")?;
    }
    read()
}

/// Prompts for a secret, without echo.
pub fn secret(label: &str) -> Result<String, Failure> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return read();
    }
    let saved = tcgetattr(&stdin).map_err(io::Error::from)?;
    let mut hidden = saved.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&stdin, OptionalActions::Flush, &hidden).map_err(io::Error::from)?;
    // The prompt comes after echo is off, so that a fast answer is not echoed.
    let typed = write!(io::stderr(), "{label}: ").map_err(Failure::from).and_then(|()| read());
    tcsetattr(&stdin, OptionalActions::Flush, &saved).map_err(io::Error::from)?;
    writeln!(io::stderr())?;
    typed
}

fn read() -> Result<String, Failure> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
