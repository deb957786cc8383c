//! The `websh` program: joins the remote commands of `cli` with `serve` and the commands on this
//! machine's own data. The only crate that serves HTTP and reads the server's configuration.

mod api;
mod assets;
mod config;
mod http;
mod init;
mod local;
mod metrics;
mod net;
mod pages;
mod router;
mod serve;
mod socket;
mod state;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{CommandFactory, Parser, Subcommand};
use cli::output::print;
use config::Config;
use local::Failure;

const STATUS: &str = "\
Exit status: 0 success, 1 error, 2 usage error, 3 not allowed, 4 not found, 5 the session has ended or expired, or was \
ended by someone else while attached.";

/// Browser terminal whose sessions survive lost connections, restarts and crashes of the server.
#[derive(Debug, Parser)]
#[command(name = "websh", version, after_help = STATUS)]
struct Cli {
    /// Configuration file of the server [default: ./Leptos.toml, if it exists].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server: pages, REST interface and terminals.
    Serve(serve::Serve),
    #[command(flatten)]
    Remote(cli::Command),
    /// Grant accounts of this machine to members.
    #[command(subcommand)]
    Account(local::Account),
    /// Add and list members, change passwords.
    #[command(subcommand)]
    User(local::User),
    Completions(cli::Completions),
    Man(cli::Man),
    /// Print the version.
    Version,
}

fn main() -> ExitCode {
    cli::complete(Cli::command);
    let cli = Cli::parse();
    if matches!(cli.command, Command::Serve(_)) && init::is_first_process() {
        return init::run().unwrap_or_else(|error| {
            fail(&Failure::Message(format!("Could not start as process 1: {error}.")))
        });
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&Failure::Message(format!("Could not start: {error}."))),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(&failure),
    }
}

async fn run(cli: Cli) -> Result<(), Failure> {
    let config = || Config::load(cli.config.as_deref(), cli::environment());
    match cli.command {
        Command::Serve(serve) => serve.run(config()?).await,
        Command::Remote(command) => {
            let run_dir = || config().ok().map(|config| config.run_dir());
            match command.run(&run_dir).await? {
                Some(command) => local::run(command, &config()?).await,
                None => Ok(()),
            }
        }
        Command::Account(account) => account.run(&config()?).await,
        Command::User(user) => user.run(&config()?).await,
        Command::Completions(completions) => Ok(completions.run()?),
        Command::Man(man) => Ok(man.run(Cli::command())?),
        Command::Version => Ok(print(&format!("websh {}", env!("CARGO_PKG_VERSION")))?),
    }
}

fn fail(failure: &Failure) -> ExitCode {
    // With standard error closed, the exit status is all that is left.
    let _ = writeln!(io::stderr(), "websh: {failure}");
    ExitCode::from(failure.status())
}
