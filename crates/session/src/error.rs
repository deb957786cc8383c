//! Errors of the session process.

use std::io;

/// Reason that the session process could not start or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The shell could not be started. The text is shown to the user.
    #[error("{0}")]
    Spawn(String),
    #[error("The start request lacks {0}.")]
    Request(&'static str),
    #[error("The session could not be set up: {0}.")]
    Io(#[from] io::Error),
}
