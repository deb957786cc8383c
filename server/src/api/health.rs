//! `/healthz`, `/readyz`: for whatever watches over the server.

use axum::extract::State;

use super::error::ApiError;
use crate::web::Web;

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// It can serve: the database answers too.
pub async fn readyz(State(web): State<Web>) -> Result<&'static str, ApiError> {
    web.control.ready().await?;
    Ok("ready\n")
}
