//! What every refused request is answered.

use serde::{Deserialize, Serialize};

use super::{ActiveClient, Session};

/// The body of every error answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// The error.
    pub error: ErrorInfo,
}

/// One error: a word for programs, a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorInfo {
    /// Stable snake_case word.
    pub code: String,
    /// One plain sentence.
    pub message: String,
    /// The field the error is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The caller's own sessions, with `session_limit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Vec<Session>>,
    /// Who is attached, with `attached_elsewhere`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_client: Option<ActiveClient>,
    /// The ended session, with a 410.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Box<Session>>,
}
