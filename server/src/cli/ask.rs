//! Questions at the terminal. Their answers come from standard input, so a program can give them too.

use std::io::{self, BufRead, IsTerminal, Write};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::Failure;

/// A line: asked for at a terminal, else the next one of standard input.
pub(super) fn line(question: &str) -> Result<String, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        write!(io::stderr(), "{question}: ")?;
    }
    read()
}

/// A secret: typed unseen at a terminal, else the next line of standard input.
pub(super) fn secret(question: &str) -> Result<String, Failure> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return read();
    }
    let shown = tcgetattr(&stdin).map_err(io::Error::from)?;
    let mut hidden = shown.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&stdin, OptionalActions::Flush, &hidden).map_err(io::Error::from)?;
    // Asked only now: who answers at once would be seen, and not be heard.
    let typed = write!(io::stderr(), "{question}: ").map_err(Failure::from).and_then(|()| read());
    tcsetattr(&stdin, OptionalActions::Flush, &shown).map_err(io::Error::from)?;
    writeln!(io::stderr())?;
    typed
}

fn read() -> Result<String, Failure> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
