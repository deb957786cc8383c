//! The command line: one file per subcommand. Failures end with one sentence and status 1; wrong use
//! with status 2.

mod serve;
mod user;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError};

/// A browser terminal whose sessions never die by accident.
#[derive(Debug, Parser)]
#[command(name = "websh", version)]
struct Cli {
    /// The configuration file; ./Leptos.toml, where there is one, when not given.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages, the interface and the terminals.
    Serve(serve::Serve),
    /// Add members, change their passwords, list them.
    #[command(subcommand)]
    User(user::User),
    /// Print the version.
    Version,
}

/// Why a command failed, as one sentence for people.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Sentence(String),
    #[error("{}.", capital(&.0.to_string()))]
    Store(#[from] store::Error),
    #[error("{0}")]
    Host(#[from] host::Error),
    #[error("{0}")]
    Control(#[from] control::Error),
    #[error("The terminal can't be used: {0}.")]
    Io(#[from] io::Error),
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&Failure::Sentence(format!("websh can't start: {error}."))),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(&failure),
    }
}

async fn run(cli: Cli) -> Result<(), Failure> {
    if matches!(cli.command, Command::Version) {
        return say(&format!("websh {}", env!("CARGO_PKG_VERSION")));
    }
    let config = Config::load(cli.config.as_deref(), std::env::vars_os())?;
    match cli.command {
        Command::Serve(serve) => serve.run(config).await,
        Command::User(user) => user.run(&config).await,
        Command::Version => Ok(()),
    }
}

/// Writes a line for people to standard output.
fn say(line: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

fn fail(failure: &Failure) -> ExitCode {
    // With nowhere left to say it, the status has to do.
    let _ = writeln!(io::stderr(), "websh: {failure}");
    ExitCode::FAILURE
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
