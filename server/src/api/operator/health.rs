//! `/healthz` and `/readyz`, for monitoring.

use axum::extract::State;

use crate::{http::error::Result, state::AppState};

pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Answers when the server can serve, which includes the database.
pub async fn readyz(State(state): State<AppState>) -> Result<&'static str> {
    state.control.ready().await?;
    Ok("ready\n")
}
