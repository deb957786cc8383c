//! `/healthz` and `/readyz`, for monitoring.

use axum::extract::State;

use crate::{http::error::ApiError, state::AppState};

/// Answers while the process runs.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Answers when the server can serve, which includes the database.
pub async fn readyz(State(state): State<AppState>) -> Result<&'static str, ApiError> {
    state.control.ready().await?;
    Ok("ready\n")
}
