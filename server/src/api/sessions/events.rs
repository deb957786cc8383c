//! `/events`: server-sent events without content, sent when a list of the member's may have changed.
//! A client fetches the list after each event, so events cannot be stale and a missed one does no harm.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName},
    response::{
        IntoResponse, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::stream;
use protocol::id::MemberId;
use tokio::time::Instant;

use crate::{
    api::responses::*,
    http::{authenticate::SignedIn, error::Result},
    state::AppState,
};

/// Minimum interval between events, because a busy workspace changes constantly. An update reaches a
/// client within 200 ms, including the request that follows the event.
const MIN_INTERVAL: Duration = Duration::from_millis(150);

/// Interval of comments that keep proxies from closing an idle stream.
const KEEP_ALIVE: Duration = Duration::from_secs(25);

/// Event after a change of a list or of the member's role; a changed role ends the stream.
const CHANGED: &str = "changed";

/// Last event of a stream whose sign-in has ended.
const SIGNED_OUT: &str = "signed_out";

/// Disables the response buffer of nginx and of proxies that adopted its header: an event would wait in it
/// until the buffer is full.
const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// Streams changes until the sign-in ends, the member's role changes or the server stops.
#[utoipa::path(
    get, path = "/events", tag = "sessions", security(("cookie" = []), ("bearer" = [])),
    params(("member" = Option<MemberId>, Query, description = "Member that the page was rendered for, in place of the header `Websh-Member`")),
    responses(
        (status = 200, description = "Server-sent events named `changed`, without content: fetch lists again", content_type = "text/event-stream"),
        Unauthenticated, WrongOrigin, IdentityChanged,
    )
)]
pub async fn events(
    State(state): State<AppState>,
    SignedIn { actor, .. }: SignedIn,
    headers: HeaderMap,
) -> Result<impl IntoResponse> {
    // A page of another origin on the same site could otherwise use up the sign-in's streams.
    state.allowed.require_own_page(&headers)?;
    let standing = state.control.connections.open(&actor)?;
    let state = Some((state.control.changes(&actor), standing, state.stop, Instant::now()));
    let role = actor.role;
    let changes = stream::unfold(state, move |state| async move {
        let (mut changes, mut standing, stop, not_before) = state?;
        let change = async {
            tokio::time::sleep_until(not_before).await;
            changes.changed().await
        };
        let (event, continues) = tokio::select! {
            change = change => change.map(|()| (CHANGED, true)).ok()?,
            // The page connects again with its new role.
            now = standing.wait_for(|now| now.as_ref().map(|now| now.role) != Some(role)) => match now.ok().and_then(|now| now.clone()) {
                Some(_) => (CHANGED, false),
                None => (SIGNED_OUT, false),
            },
            () = stop.cancelled() => return None,
        };
        let event = Event::default().event(event).data("{}");
        let next = (changes, standing, stop, Instant::now() + MIN_INTERVAL);
        Some((Ok::<_, Infallible>(event), continues.then_some(next)))
    });
    let events = Sse::new(changes).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    Ok(([UNBUFFERED], events))
}
