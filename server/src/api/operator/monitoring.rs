//! `/healthz`, `/readyz` and `/metrics`, for monitoring. Metrics are for clients on this machine and tokens
//! of staff.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use protocol::api::Role;

use crate::{
    http::{
        authenticate::bearer,
        error::{ApiError, Result},
    },
    state::AppState,
};

const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Answers when the server can serve, which includes the database.
pub async fn readyz(State(state): State<AppState>) -> Result<&'static str> {
    state.control.ready().await?;
    Ok("ready\n")
}

/// Returns the metrics to clients on this machine, and to tokens of staff from anywhere. All other
/// requests get 404, including those through a proxy without a token.
pub async fn metrics(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response> {
    if !is_local(peer, &headers) {
        require_staff_token(&state, peer, &headers).await?;
    }
    let (sessions, viewers) = state.control.counts();
    let text = state.metrics.render(sessions, viewers, state.sockets.len());
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response())
}

/// Returns whether a request comes from this machine directly, under a local host name.
fn is_local(peer: SocketAddr, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let local = host.is_some_and(|host| {
        ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
            host.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        })
    });
    let forwarded = headers.contains_key("x-forwarded-for");
    peer.ip().to_canonical().is_loopback() && local && !forwarded
}

/// Accepts a token of any scope, because metrics identify no session and no member.
async fn require_staff_token(
    state: &AppState,
    peer: SocketAddr,
    headers: &HeaderMap,
) -> Result<()> {
    let secret = bearer(headers).ok_or_else(ApiError::not_found)?;
    let actor = state.control.tokens.authenticate(secret, peer.ip().to_canonical()).await?;
    if actor.role >= Role::Staff { Ok(()) } else { Err(control::Error::Forbidden.into()) }
}
