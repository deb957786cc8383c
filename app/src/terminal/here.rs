//! Which sessions a tab of this browser drives, so that the Websh page can say "open in this browser".
//! A mark is renewed while it is true and means nothing once it is old.

use protocol::id::SessionId;

use crate::browser;

/// A mark older than this is a leftover of a tab that crashed, in milliseconds.
const STALE: i64 = 30_000;

fn key(id: SessionId) -> String {
    format!("websh.here.{id}")
}

/// Marks, or unmarks, that a tab of this browser drives the session.
pub fn mark(id: SessionId, driving: bool) {
    let now = browser::unix_millis().to_string();
    let value = driving.then_some(now.as_str());
    browser::remember(browser::local_storage().as_ref(), &key(id), value);
}

/// Whether a tab of this browser drives the session.
#[must_use]
pub fn is_driven_here(id: SessionId) -> bool {
    let mark = browser::recall(browser::local_storage().as_ref(), &key(id));
    let mark = mark.and_then(|mark| mark.parse::<i64>().ok());
    mark.is_some_and(|mark| browser::unix_millis() - mark < STALE)
}
