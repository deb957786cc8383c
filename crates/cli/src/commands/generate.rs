//! `websh completions` and `websh man`, generated from the clap description of the whole program.

use clap::Args;
use clap_complete::{
    Shell,
    env::{CompleteEnv, Shells},
};

use crate::{Failure, output::print_bytes};

/// Variable with which the script runs the program.
const VARIABLE: &str = "_WEBSH_COMPLETE";

/// Prints the completions of a command line, and ends the process, if a completion script runs it.
pub fn complete(program: fn() -> clap::Command) {
    CompleteEnv::with_factory(program).var(VARIABLE).complete();
}

/// Print a completion script for a shell.
#[derive(Debug, Args)]
pub struct Completions {
    /// Shell to generate completions for.
    shell: Shell,
}

/// Print the manual page of all commands, as roff.
#[derive(Debug, Args)]
pub struct Man {}

impl Completions {
    /// Prints the script, which runs the program for each completion.
    pub fn run(&self) -> Result<(), Failure> {
        let mut text = Vec::new();
        let shells = Shells::builtins();
        if let Some(shell) = shells.completer(&self.shell.to_string()) {
            shell.write_registration(VARIABLE, "websh", "websh", "websh", &mut text)?;
        }
        print_bytes(&text)
    }
}

impl Man {
    /// Prints the pages of `program` and its subcommands.
    pub fn run(&self, mut program: clap::Command) -> Result<(), Failure> {
        let mut text = Vec::new();
        program.build();
        page(&program, &mut text)?;
        print_bytes(&text)
    }
}

/// Writes the page of a command, then those of its subcommands.
fn page(command: &clap::Command, text: &mut Vec<u8>) -> Result<(), Failure> {
    clap_mangen::Man::new(command.clone()).render(text)?;
    for child in command.get_subcommands().filter(|child| child.get_name() != "help") {
        page(child, text)?;
    }
    Ok(())
}
