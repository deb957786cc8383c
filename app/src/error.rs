//! The error of everything a page asks the server for. It carries what the server said; it knows no
//! transport beyond the two words for "could not ask" and "could not understand".

use leptos::prelude::FromServerFnError;
use protocol::api::ErrorInfo;
use serde::{Deserialize, Serialize};

use crate::api::json::Text;

/// Why a call failed: the server's own [`ErrorInfo`], or one of the codes below.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{}", .0.message)]
#[serde(transparent)]
pub struct PageError(pub Box<ErrorInfo>);

/// Code of a call that did not reach the server.
pub const UNREACHABLE: &str = "unreachable";

/// Code of an answer that this page does not understand, for example after an upgrade.
pub const NOT_UNDERSTOOD: &str = "not_understood";

/// Code of a call by nobody: the sign-in is missing or over.
pub const SIGNED_OUT: &str = "signed_out";

impl PageError {
    /// An error with its stable code and one sentence.
    #[must_use]
    pub fn new(code: &str, message: &str) -> Self {
        Self(Box::new(ErrorInfo {
            code: code.into(),
            message: message.into(),
            field: None,
            sessions: None,
            active_client: None,
            session: None,
        }))
    }

    /// A field is wrong: its name and one sentence.
    #[must_use]
    pub fn of_field(field: &str, message: &str) -> Self {
        let mut error = Self::new("invalid_field", message);
        error.0.field = Some(field.into());
        error
    }

    /// The server did not answer.
    #[must_use]
    pub fn unreachable() -> Self {
        Self::new(UNREACHABLE, "websh cannot be reached right now. Please try again in a moment.")
    }

    /// The answer makes no sense to this page.
    #[must_use]
    pub fn not_understood() -> Self {
        Self::new(NOT_UNDERSTOOD, "The server's answer was not understood. Reloading may help.")
    }

    /// The stable word.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// Whether signing in is what helps.
    #[must_use]
    pub fn is_signed_out(&self) -> bool {
        [SIGNED_OUT, "unauthenticated"].contains(&self.code())
    }

    /// Whether it is about this field.
    #[must_use]
    pub fn is_about(&self, field: &str) -> bool {
        self.0.field.as_deref() == Some(field)
    }

    /// Whether a session that was to be closed is not there any more: it ended by itself meanwhile, which is
    /// as good.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.0.session.is_some() || self.code() == "not_found"
    }

    /// The sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl FromServerFnError for PageError {
    type Encoder = Text;

    fn from_server_fn_error(error: leptos::server_fn::error::ServerFnErrorErr) -> Self {
        use leptos::server_fn::error::ServerFnErrorErr as Cause;
        match error {
            Cause::Request(_) => Self::unreachable(),
            Cause::Args(_) | Cause::MissingArg(_) => {
                Self::new("bad_request", "The request was not understood.")
            }
            _ => Self::not_understood(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_meanwhile_is_closed() {
        for (code, over) in [("not_found", true), ("unavailable", false), ("signed_out", false)] {
            assert_eq!(PageError::new(code, "No.").is_over(), over, "{code}");
        }
    }
}
