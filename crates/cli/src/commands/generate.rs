//! `websh completions` and `websh man`, generated from the clap description of the whole program.

use clap::Args;
use clap_complete::Shell;

use crate::{Failure, output::print_bytes};

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
    /// Prints the script for `program`.
    pub fn run(&self, mut program: clap::Command) -> Result<(), Failure> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut program, "websh", &mut text);
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
