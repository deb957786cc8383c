//! `/metrics`: counts in Prometheus' text format, for this machine and for tokens of staff.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use protocol::api::Role;

use super::error::ApiError;
use crate::web::{Web, bearer};

/// Requests answered, by the hundreds of their status: 1xx to 5xx.
#[derive(Debug, Default)]
pub struct Tally {
    answered: [AtomicU64; 5],
}

/// Counts answers and writes them to the log.
pub async fn count(State(tally): State<Arc<Tally>>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let class = usize::from(status / 100).saturating_sub(1);
    if let Some(count) = tally.answered.get(class) {
        count.fetch_add(1, Ordering::Relaxed);
    }
    tracing::debug!(%method, ?path, status, "answered");
    response
}

/// The counts, for whoever asks on this machine, and for a token of staff from anywhere. Everybody else, and
/// whoever comes through a proxy without one, finds nothing here.
pub async fn metrics(
    State(web): State<Web>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if !local(peer, &headers) {
        by_token(&web, peer, &headers).await?;
    }
    let (sessions, viewers) = web.control.counts();
    let mut text = format!(
        "# TYPE websh_sessions gauge\nwebsh_sessions {sessions}\n\
         # TYPE websh_viewers gauge\nwebsh_viewers {viewers}\n\
         # TYPE websh_sockets gauge\nwebsh_sockets {}\n\
         # TYPE websh_answers_total counter\n",
        web.sockets.len(),
    );
    for (class, count) in web.tally.answered.iter().enumerate() {
        let count = count.load(Ordering::Relaxed);
        text.push_str(&format!("websh_answers_total{{status=\"{}xx\"}} {count}\n", class + 1));
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, text).into_response())
}

/// Whether a request is made on this machine, to this machine, and by nobody else's order.
fn local(peer: SocketAddr, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let local = host.is_some_and(|host| {
        ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
            host.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        })
    });
    let forwarded = headers.contains_key("x-forwarded-for");
    peer.ip().to_canonical().is_loopback() && local && !forwarded
}

/// A token of any scope will do, as long as its member is staff: the counts name nothing and nobody.
async fn by_token(web: &Web, peer: SocketAddr, headers: &HeaderMap) -> Result<(), ApiError> {
    let secret = bearer(headers).ok_or_else(ApiError::not_found)?;
    let actor = web.control.bearer(secret, peer.ip().to_canonical()).await?;
    if actor.role >= Role::Staff { Ok(()) } else { Err(control::Error::Forbidden.into()) }
}
