//! Commands on this machine's own data, without the web process: members, account grants, and sessions by
//! their sockets.

mod account;
mod failure;
mod sessions;
mod user;

pub use account::Account;
use cli::{Ended, LocalCommand};
pub use failure::Failure;
use sessions::Sessions;
pub use user::User;

use crate::config::Config;

/// Runs a command on the sessions of this machine.
pub async fn run(command: LocalCommand, config: &Config) -> Result<(), Failure> {
    let sessions = Sessions::open(config).await?;
    match command {
        LocalCommand::List { json } => sessions.list(json),
        LocalCommand::Drop { sessions: wanted, reason, json } => {
            let mut ended = Ended::new(json, "Dropped");
            let outcome = sessions.drop(&wanted, reason.as_deref(), &mut ended).await;
            ended.finish(outcome)
        }
    }
}
