//! The error of every request of a page: the error body of the server, or a code for a failed transport.

use leptos::prelude::FromServerFnError;
use protocol::api::ErrorInfo;
use serde::{Deserialize, Serialize};

use crate::json::Text;

/// Error of a request: the [`ErrorInfo`] of the server, or one of the codes below.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{}", .0.message)]
#[serde(transparent)]
pub struct PageError(pub Box<ErrorInfo>);

/// Code of a request that did not reach the server.
pub const UNREACHABLE: &str = "unreachable";

/// Code of a request without a valid sign-in.
pub const SIGNED_OUT: &str = "signed_out";

impl PageError {
    /// An error with a stable code and one sentence.
    pub fn new(code: &str, message: &str) -> Self {
        Self(Box::new(ErrorInfo {
            code: code.into(),
            message: message.into(),
            ..ErrorInfo::default()
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
        [SIGNED_OUT, "unauthenticated"].contains(&self.code())
    }

    /// Returns true if the error belongs to this field.
    pub fn is_about(&self, field: &str) -> bool {
        self.0.field.as_deref() == Some(field)
    }

    /// Returns true if a session that should be closed has already ended.
    pub fn is_over(&self) -> bool {
        self.0.session.is_some() || self.code() == "not_found"
    }

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
            Cause::Args(_) | Cause::MissingArg(_) => Self::new("bad_request", "Invalid request."),
            _ => Self::not_understood(),
        }
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
