//! The `websh` program: puts everything together. The only crate that knows HTTP, and the only one
//! that reads configuration.

mod api;
mod cli;
mod client;
mod config;
mod door;
mod headers;
mod listen;
mod origin;
mod pages;
mod relay;
mod router;
mod socket;
mod terminal;
mod web;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
