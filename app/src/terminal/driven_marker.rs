//! Marks of the sessions that tabs of this browser drive, for "open in this browser" in the list. A tab
//! renews its mark while it drives; old marks are ignored.

use protocol::id::SessionId;

use crate::browser;

/// Age from which a mark is ignored, for example after a crash of its tab, in milliseconds.
const STALE: i64 = 30_000;

fn key(id: SessionId) -> String {
    format!("websh.here.{id}")
}

/// Sets or removes the mark of a session.
pub fn mark(id: SessionId, driving: bool) {
    let now = browser::unix_millis().to_string();
    let value = driving.then_some(now.as_str());
    browser::remember(browser::local_storage().as_ref(), &key(id), value);
}

/// Returns whether a tab of this browser drives the session.
pub fn is_driven_here(id: SessionId) -> bool {
    let mark = browser::recall(browser::local_storage().as_ref(), &key(id));
    let mark = mark.and_then(|mark| mark.parse::<i64>().ok());
    mark.is_some_and(|mark| browser::unix_millis() - mark < STALE)
}
