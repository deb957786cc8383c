//! Errors of the host role.

use std::io;

/// Error of the host role. Texts are one sentence.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The session process has ended or is ending.
    #[error("The session has ended.")]
    Gone,
    /// The shell could not be started; nothing is left behind.
    #[error("{0}")]
    Spawn(String),
    /// The session program or the run directory is missing, so no session can be started.
    #[error("{0}")]
    Offline(String),
    /// The directory of the session could not be created; nothing is left behind.
    #[error("Could not create the session directory: {0}.")]
    Directory(#[source] io::Error),
    /// The account does not exist on this machine, or this process must not use it.
    #[error("Account {0} does not exist on this machine or is not allowed.")]
    UnknownAccount(String),
    #[error("Account {account} is not usable: {reason}")]
    UnusableAccount { account: String, reason: String },
    /// The user database did not answer, so nothing is known about the account.
    #[error("The accounts of this machine are unavailable: {0}.")]
    AccountsUnavailable(#[source] io::Error),
    #[error("{0}")]
    RunDir(String),
    #[error("The session is not responding.")]
    Stuck,
    /// The session process is of an earlier version of websh, which does not support the request.
    #[error("The session was started by an earlier version of websh, which does not support this.")]
    Unsupported,
    #[error("Could not reach the session: {0}.")]
    Io(#[from] io::Error),
}
