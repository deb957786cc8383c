//! Reason a request failed, as one sentence for people.

use protocol::api::{ActiveClient, ErrorInfo, Session};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Reason a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refused the request, with this HTTP status.
    #[error("{}", .0.message)]
    Refused(Box<ErrorInfo>, u16),
    /// No connection, a broken one, or no answer in time.
    #[error("Could not connect to {server}: {reason}.")]
    Unreachable {
        server: String,
        /// Reason, without a full stop.
        reason: String,
    },
    /// The response is not that of websh, or of an incompatible version.
    #[error("{0} is not a websh server, or its version is incompatible. Check the address.")]
    NotWebsh(String),
    #[error("{0}")]
    Address(String),
    #[error("{0}")]
    Credentials(String),
}

impl Error {
    /// Stable code of a refusal; empty for other errors.
    pub fn code(&self) -> &str {
        self.refusal().map_or("", |info| &info.code)
    }

    /// The driver, if the request was refused because of them.
    pub fn active_client(&self) -> Option<ActiveClient> {
        self.refusal()?.active_client.clone()
    }

    /// The session, if the request was refused because it has ended.
    pub fn session(&self) -> Option<&Session> {
        self.refusal()?.session.as_deref()
    }

    /// Returns true if the same request may succeed later.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Refused(_, status) => matches!(status, 429 | 500..),
            Self::Unreachable { .. } => true,
            Self::NotWebsh(_) | Self::Address(_) | Self::Credentials(_) => false,
        }
    }

    fn refusal(&self) -> Option<&ErrorInfo> {
        match self {
            Self::Refused(info, _) => Some(info),
            _ => None,
        }
    }
}
