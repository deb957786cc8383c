//! `/metrics`: counts in Prometheus' text format, for this machine alone.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::error::ApiError;
use crate::web::Web;

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

/// The counts. Whoever is not on this machine, or comes through a proxy, finds nothing here.
pub async fn metrics(
    State(web): State<Web>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<Response, ApiError> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let local = host.is_some_and(|host| {
        ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
            host.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        })
    });
    let forwarded = request.headers().contains_key("x-forwarded-for");
    if !peer.ip().to_canonical().is_loopback() || !local || forwarded {
        return Err(ApiError::not_found());
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
