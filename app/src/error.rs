//! The error of every request of a page: the error body of the server, or a code for a failed transport.

use client::ending;
use protocol::api::ErrorInfo;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

/// Error of a request: one of the server, or one of the codes below.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{}", .0.message)]
#[serde(transparent)]
pub struct PageError(pub Box<ErrorParts>);

/// [`ErrorInfo`] with its parts unparsed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorParts {
    pub code: String,
    pub message: String,
    pub field: Option<String>,
    sessions: Option<Unparsed>,
    active_client: Option<Unparsed>,
    session: Option<Unparsed>,
}

/// Raw JSON, parsed on conversion to [`ErrorInfo`]. Keeps the parser of sessions out of pages without a
/// sign-in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Unparsed(Box<RawValue>);

impl PartialEq for Unparsed {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl Eq for Unparsed {}

/// [`protocol::api::ErrorBody`] as pages read it.
#[derive(Deserialize)]
pub struct ErrorBody {
    pub error: PageError,
}

/// Code of a request that did not reach the server.
pub const UNREACHABLE: &str = "unreachable";

impl PageError {
    /// An error with a stable code and one sentence.
    pub fn new(code: &str, message: &str) -> Self {
        Self(Box::new(ErrorParts {
            code: code.into(),
            message: message.into(),
            ..ErrorParts::default()
        }))
    }

    /// An error of a field: its name and one sentence.
    pub fn of_field(field: &str, message: &str) -> Self {
        let mut error = Self::new("invalid_field", message);
        error.0.field = Some(field.into());
        error
    }

    pub fn unreachable() -> Self {
        Self::new(UNREACHABLE, "Could not reach the server. Try again in a moment.")
    }

    pub fn not_understood() -> Self {
        Self::new("not_understood", "Unexpected response from the server. Reload the page.")
    }

    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// Returns true if the user has to sign in.
    pub fn is_signed_out(&self) -> bool {
        ending::is_signed_out(self.code())
    }

    /// Returns true if the error belongs to this field.
    pub fn is_about(&self, field: &str) -> bool {
        self.0.field.as_deref() == Some(field)
    }

    /// Returns true if a session that should be closed has already ended.
    pub fn is_over(&self) -> bool {
        self.has_ended_session() || self.code() == "not_found"
    }

    /// Returns true if the error is about a session that has ended (status 410).
    pub fn has_ended_session(&self) -> bool {
        self.0.session.is_some()
    }

    pub fn message(&self) -> &str {
        &self.0.message
    }
}

/// A part that cannot be parsed is left out; code and message remain.
impl From<PageError> for ErrorInfo {
    fn from(error: PageError) -> Self {
        fn parsed<T: DeserializeOwned>(part: Option<Unparsed>) -> Option<T> {
            serde_json::from_str(part?.0.get()).ok()
        }
        let ErrorParts { code, message, field, sessions, active_client, session } = *error.0;
        let (sessions, active_client) = (parsed(sessions), parsed(active_client));
        Self { code, message, field, sessions, active_client, session: parsed(session) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ended_sessions_count_as_closed() {
        for (code, over) in [("not_found", true), ("unavailable", false), ("signed_out", false)] {
            assert_eq!(PageError::new(code, "No.").is_over(), over, "{code}");
        }
    }
}
