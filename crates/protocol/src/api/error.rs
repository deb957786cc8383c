//! Body of every error response.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ActiveClient, Session};

/// Body of every error response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    pub error: ErrorInfo,
}

/// Error, with a code for programs and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorInfo {
    /// Stable snake_case code.
    pub code: String,
    /// Sentence for people.
    pub message: String,
    /// Field that the error concerns, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Sessions of the caller, with `session_limit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Vec<Session>>,
    /// Attached client, with `attached_elsewhere`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_client: Option<ActiveClient>,
    /// Ended session, with status 410.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Box<Session>>,
}
