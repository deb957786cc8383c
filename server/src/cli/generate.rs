//! `websh completions` and `websh man`: written from the command line's own description.

use std::io::{self, Write};

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Failure};

/// Print completions for a shell.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

/// Print the manual page, all commands included, as roff.
#[derive(Debug, Args)]
pub(super) struct Man {}

impl Completions {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "websh", &mut text);
        Ok(io::stdout().lock().write_all(&text)?)
    }
}

impl Man {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let mut text = Vec::new();
        let mut command = Cli::command();
        command.build();
        page(&command, &mut text)?;
        Ok(io::stdout().lock().write_all(&text)?)
    }
}

/// The page of a command, then those of its subcommands.
fn page(command: &clap::Command, text: &mut Vec<u8>) -> Result<(), Failure> {
    clap_mangen::Man::new(command.clone()).render(text)?;
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        page(below, text)?;
    }
    Ok(())
}
