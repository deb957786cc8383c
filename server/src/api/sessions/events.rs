//! `/events`: server-sent events that say only that a list of the member's may have changed. Whoever hears one lists
//! again, so none can be out of date, and a missed one does no harm.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::{Stream, stream};
use protocol::api::ErrorBody;
use tokio::time::Instant;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    http::{authenticate::SignedIn, error::ApiError, origin::RequestOrigin},
    state::AppState,
};

/// A busy workspace changes all the time; after the first change, lists follow this often at most. With
/// the question that each one leads to, an update is still there within 200 ms.
const PACE: Duration = Duration::from_millis(150);

/// A line now and then tells proxies that the stream is alive.
const ALIVE: Duration = Duration::from_secs(25);

/// Something is not as it was: ask again. Another role is a change too, and the last one that is told.
const CHANGED: &str = "changed";

/// The last event of a sign-in that is over, whoever ended it.
const SIGNED_OUT: &str = "signed_out";

/// Returns the routes of this file.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Streams changes until the member signs out or has another role, or the server stops.
#[utoipa::path(
    get, path = "/events", tag = "sessions", security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Server-sent events named `changed`, without content: list again", content_type = "text/event-stream"),
        (status = 401, description = "`unauthenticated`", body = ErrorBody),
        (status = 403, description = "`wrong_origin`", body = ErrorBody),
    )
)]
pub async fn events(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    // Another page of the same site could hold open as many streams as a sign-in may have.
    if headers.contains_key(header::COOKIE)
        && state.allowed.origin(&headers) != RequestOrigin::OwnPage
    {
        return Err(ApiError::wrong_origin());
    }
    let standing = state.control.standing(&actor)?;
    let state = Some((state.control.changes(&actor), standing, state.stop, Instant::now()));
    let role = actor.role;
    let changes = stream::unfold(state, move |state| async move {
        let (mut changes, mut standing, stop, not_before) = state?;
        let change = async {
            tokio::time::sleep_until(not_before).await;
            changes.changed().await
        };
        let (event, goes_on) = tokio::select! {
            change = change => change.map(|()| (CHANGED, true)).ok()?,
            // With another role a page sees another list: it listens again as who it is now.
            now = standing.wait_for(|now| now.as_ref().map(|now| now.role) != Some(role)) => match now.ok().and_then(|now| now.clone()) {
                Some(_) => (CHANGED, false),
                None => (SIGNED_OUT, false),
            },
            () = stop.cancelled() => return None,
        };
        let event = Event::default().event(event).data("{}");
        let next = (changes, standing, stop, Instant::now() + PACE);
        Some((Ok(event), goes_on.then_some(next)))
    });
    Ok(Sse::new(changes).keep_alive(KeepAlive::new().interval(ALIVE)))
}
