//! Metrics of the web process and their text format. Labels are route templates and status classes
//! only, so the number of series is bounded. Sessions do not appear by name.

use std::sync::Arc;

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use prometheus_client::{
    encoding::prometheus_text,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Metric, Registry},
};
use tokio::time::Instant;

use crate::assets;

/// Upper bounds of the histograms' buckets, in seconds.
const BUCKETS: [f64; 12] = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

const STATUS_CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// Route label of requests that match no route, such as those for static files.
const UNMATCHED: &str = "other";

/// Labels of a series, by name.
type Status = [(&'static str, &'static str); 1];
type RouteAndStatus = [(&'static str, String); 2];

/// The metrics and the registry they are rendered from.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    sessions: Gauge,
    viewers: Gauge,
    sockets: Gauge,
    answers: Family<Status, Counter>,
    requests: Family<RouteAndStatus, Histogram>,
    session_open: Histogram,
    attach: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let answers = Family::<Status, Counter>::default();
        for status in STATUS_CLASSES {
            drop(answers.get_or_create(&[("status", status)]));
        }
        Self {
            sessions: add(&mut registry, "websh_sessions", "Running sessions", Gauge::default()),
            viewers: add(&mut registry, "websh_viewers", "Attached viewers", Gauge::default()),
            sockets: add(&mut registry, "websh_sockets", "Open WebSockets", Gauge::default()),
            answers: add(&mut registry, "websh_answers", "Responses by status class", answers),
            requests: add(
                &mut registry,
                "websh_request_duration_seconds",
                "Time from a request to the head of its response",
                Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            ),
            session_open: add(
                &mut registry,
                "websh_session_open_seconds",
                "Time to open a session, until its shell runs",
                Histogram::new(BUCKETS),
            ),
            attach: add(
                &mut registry,
                "websh_attach_seconds",
                "Time from the first message of a WebSocket to its attachment",
                Histogram::new(BUCKETS),
            ),
            registry,
        }
    }
}

/// Registers a metric and returns it.
fn add<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}

impl Metrics {
    pub fn session_opened(&self, started: Instant) {
        self.session_open.observe(started.elapsed().as_secs_f64());
    }

    pub fn attached(&self, started: Instant) {
        self.attach.observe(started.elapsed().as_secs_f64());
    }

    fn answered(&self, route: String, status: u16, started: Instant) {
        let class = usize::from(status / 100).saturating_sub(1);
        let Some(status) = STATUS_CLASSES.get(class) else { return };
        self.answers.get_or_create(&[("status", status)]).inc();
        let labels = [("route", route), ("status", (*status).to_owned())];
        self.requests.get_or_create(&labels).observe(started.elapsed().as_secs_f64());
    }

    /// Renders all metrics in Prometheus' text format (version 0.0.4), given the current gauges.
    pub fn render(&self, sessions: usize, viewers: u64, sockets: usize) -> String {
        self.sessions.set(gauge_value(sessions));
        self.viewers.set(gauge_value(viewers));
        self.sockets.set(gauge_value(sockets));
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = prometheus_text::encode(&mut text, &self.registry);
        text
    }
}

/// Measures a request and logs its response.
pub async fn record(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let route = route(matched.as_ref().map(MatchedPath::as_str)).to_owned();
    metrics.answered(route, status, started);
    tracing::debug!(%method, ?path, status, "request answered");
    response
}

fn gauge_value(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

/// Returns the label of a route. The prefix of static files differs for each build, so it is not kept.
fn route(matched: Option<&str>) -> &str {
    matched.filter(|path| !path.starts_with(assets::PREFIX)).unwrap_or(UNMATCHED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_rendered() {
        let metrics = Metrics::default();
        metrics.answered("/api/v1/sessions/{id}".to_owned(), 204, Instant::now());
        metrics.session_opened(Instant::now());
        metrics.attached(Instant::now());
        let text = metrics.render(2, 3, 4);
        for line in [
            "# TYPE websh_sessions gauge",
            "websh_sessions 2",
            "# TYPE websh_viewers gauge",
            "websh_viewers 3",
            "# TYPE websh_sockets gauge",
            "websh_sockets 4",
            "# TYPE websh_answers_total counter",
            "websh_answers_total{status=\"1xx\"} 0",
            "websh_answers_total{status=\"2xx\"} 1",
            "websh_answers_total{status=\"5xx\"} 0",
            "# TYPE websh_request_duration_seconds histogram",
            "websh_request_duration_seconds_count{route=\"/api/v1/sessions/{id}\",status=\"2xx\"} 1",
            "websh_session_open_seconds_count 1",
            "websh_session_open_seconds_bucket{le=\"+Inf\"} 1",
            "websh_attach_seconds_count 1",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is missing:\n{text}");
        }
        assert!(text.ends_with('\n'), "{text}");
    }

    #[test]
    fn route_labels_are_templates() {
        for (matched, label) in [
            (Some("/api/v1/sessions/{id}"), "/api/v1/sessions/{id}"),
            (Some("/build-0123456789abcdef/{*rest}"), "other"),
            (None, "other"),
        ] {
            assert_eq!(route(matched), label);
        }
    }
}
