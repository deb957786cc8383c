//! Complete rows for tests, to be varied by struct update syntax.

use chrono::DateTime;
use protocol::{
    api::{AttachPolicy, SessionState},
    id::{MemberId, SessionId},
};
use uuid::Uuid;

use crate::SessionRow;

/// The row of an active session.
#[must_use]
pub fn session_row(id: u128) -> SessionRow {
    SessionRow {
        id: SessionId(Uuid::from_u128(id)),
        owner: MemberId(Uuid::from_u128(9)),
        owner_name: "Ann".to_owned(),
        owner_email: "ann@example.org".to_owned(),
        idempotency_key: None,
        name: "one".to_owned(),
        server: "local".to_owned(),
        account: "ann".to_owned(),
        token: None,
        attach_policy: AttachPolicy::Handoff,
        state: SessionState::Active,
        created_at: DateTime::UNIX_EPOCH,
        last_seen: DateTime::UNIX_EPOCH,
        cols: 80,
        rows: 24,
        title: String::new(),
        ending: None,
    }
}
