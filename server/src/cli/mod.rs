//! The command line: one file per subcommand. Failures end with one sentence and the status of their
//! kind (`failure`); wrong use with status 2.

mod account;
mod admin;
mod ask;
mod attach;
mod ended;
mod failure;
mod generate;
mod local;
mod login;
mod new;
mod remote;
mod serve;
mod sessions;
mod share;
mod table;
mod token;
mod user;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use failure::Failure;
use serde::Serialize;

use crate::config::{Config, environment};

const STATUS: &str = "\
Exit status: 0, 1 error, 2 wrong use, 3 not allowed, 4 not found, 5 the session had ended or expired already, or was \
ended by somebody else while it was shown.";

/// A browser terminal whose sessions never die by accident.
#[derive(Debug, Parser)]
#[command(name = "websh", version, after_help = STATUS)]
struct Cli {
    /// The server's configuration file; ./Leptos.toml, where there is one, when not given.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages, the interface and the terminals.
    Serve(serve::Serve),
    Login(login::Login),
    Logout(login::Logout),
    Ls(sessions::Ls),
    New(new::New),
    Attach(attach::Attach),
    Close(sessions::Close),
    Rename(sessions::Rename),
    Share(share::Share),
    Shares(share::Shares),
    Unshare(share::Unshare),
    /// See and end everybody's sessions: staff and superusers.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// List, make and remove your API tokens.
    #[command(subcommand)]
    Token(token::Token),
    /// Let members open sessions as accounts of this machine.
    #[command(subcommand)]
    Account(account::Account),
    /// Add members, change their passwords, list them.
    #[command(subcommand)]
    User(user::User),
    Completions(generate::Completions),
    Man(generate::Man),
    /// Print the version.
    Version,
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
    let config = || Config::load(cli.config.as_deref(), environment());
    match cli.command {
        Command::Serve(serve) => serve.run(config()?).await,
        Command::Login(login) => login.run().await,
        Command::Logout(logout) => logout.run(),
        Command::Ls(ls) => ls.run(config).await,
        Command::New(new) => new.run().await,
        Command::Attach(attach) => attach.run().await,
        Command::Close(close) => close.run().await,
        Command::Rename(rename) => rename.run().await,
        Command::Share(share) => share.run().await,
        Command::Shares(shares) => shares.run().await,
        Command::Unshare(unshare) => unshare.run().await,
        Command::Admin(admin) => admin.run(config).await,
        Command::Token(token) => token.run().await,
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
        Command::Account(account) => account.run(&config()?).await,
        Command::User(user) => user.run(&config()?).await,
        Command::Version => say(&format!("websh {}", env!("CARGO_PKG_VERSION"))),
    }
}

/// Writes a line for people to standard output.
fn say(line: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// Writes something for programs to standard output.
fn say_json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value);
    say(&text.map_err(|error| Failure::Sentence(format!("This can't be written: {error}.")))?)
}

fn fail(failure: &Failure) -> ExitCode {
    // With nowhere left to say it, the status has to do.
    let _ = writeln!(io::stderr(), "websh: {failure}");
    ExitCode::from(failure.status())
}
