//! The remote subcommands, one file for each group. Commands on this machine's own sessions are
//! returned to the caller, which has access to them.

mod admin;
mod attach;
mod choices;
mod complete;
mod ended;
mod generate;
mod login;
mod new;
mod remote;
mod sessions;
mod share;
mod token;

use clap::Subcommand;
pub use ended::Ended;
pub use generate::{Completions, Man, complete};

use crate::Failure;
use remote::RunDir;

/// A command that goes through the REST interface.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "the argument structs have the help text")]
pub enum Command {
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
    /// List and drop the sessions of all members (staff and superusers).
    #[command(subcommand)]
    Admin(admin::Admin),
    /// List, create and remove your API tokens.
    #[command(subcommand)]
    Token(token::Token),
}

/// A command on this machine's own sessions that needs no web process.
#[derive(Debug, PartialEq, Eq)]
pub enum LocalCommand {
    /// Lists the running sessions.
    List {
        /// As JSON.
        json: bool,
    },
    /// Drops sessions.
    Drop {
        /// Names or ids.
        sessions: Vec<String>,
        /// Reason for the owner and the audit log.
        reason: Option<String>,
        /// As JSON.
        json: bool,
    },
}

impl Command {
    /// Runs the command, or returns the local command it stands for. `run_dir` is the directory of
    /// this machine's session sockets, if the configuration can be read.
    pub async fn run(self, run_dir: RunDir<'_>) -> Result<Option<LocalCommand>, Failure> {
        match self {
            Self::Ls(ls) => return ls.run(run_dir).await,
            Self::Admin(admin) => return admin.run(run_dir).await,
            Self::Login(login) => login.run().await,
            Self::Logout(logout) => logout.run(),
            Self::New(new) => new.run().await,
            Self::Attach(attach) => attach.run().await,
            Self::Close(close) => close.run().await,
            Self::Rename(rename) => rename.run().await,
            Self::Share(share) => share.run().await,
            Self::Shares(shares) => shares.run().await,
            Self::Unshare(unshare) => unshare.run().await,
            Self::Token(token) => token.run().await,
        }
        .map(|()| None)
    }
}
