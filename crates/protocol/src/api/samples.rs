//! Complete values of the interface for tests, to be varied by struct update syntax.

use chrono::{DateTime, TimeDelta};
use uuid::Uuid;

use super::{
    AdminSession, AttachPolicy, AuditEntry, Guest, Session, SessionState, Share, ShareKind,
    ShareState,
};
use crate::id::{GuestId, MemberId, SessionId, ShareId};

const CREATED_AT: DateTime<chrono::Utc> = DateTime::UNIX_EPOCH;

/// An active session without clients.
pub fn session(id: u128) -> Session {
    Session {
        id: SessionId(Uuid::from_u128(id)),
        name: "one".to_owned(),
        owner: "Ann".to_owned(),
        server: "local".to_owned(),
        account: "ann".to_owned(),
        state: SessionState::Active,
        attach_policy: AttachPolicy::Handoff,
        created_at: CREATED_AT,
        last_seen: CREATED_AT,
        expires_at: None,
        bytes_buffered: 0,
        active_client: None,
        clients: 0,
        guests: 0,
        present: Vec::new(),
        wrong_passwords: 0,
        visitors: 0,
        title: String::new(),
        foreground: None,
        cols: 80,
        rows: 24,
        ended_at: None,
        end_reason: None,
        ended_by: None,
        exit_code: None,
        exit_signal: None,
        end_note: None,
    }
}

/// A session in the list of all, without figures of its processes.
pub fn admin_session(id: u128) -> AdminSession {
    AdminSession {
        session: session(id),
        owner_id: MemberId(Uuid::from_u128(1)),
        owner_email: "ann@example.org".to_owned(),
        cpu_permille: None,
        memory_bytes: None,
        processes: None,
        stale: false,
    }
}

/// A link without guests that expires after 10 minutes.
pub fn share() -> Share {
    Share {
        id: ShareId(Uuid::now_v7()),
        kind: ShareKind::Link,
        email: None,
        mail: None,
        mail_error: None,
        state: ShareState::Active,
        read_only: false,
        max_guests: 20,
        guests_alone: false,
        by: "Ann".to_owned(),
        created_at: CREATED_AT,
        expires_at: CREATED_AT + TimeDelta::minutes(10),
        ended_at: None,
        ended_by: None,
        wrong_passwords: 0,
        guests: Vec::new(),
    }
}

/// A guest who is not a member and has not left.
pub fn guest() -> Guest {
    Guest {
        id: GuestId(Uuid::now_v7()),
        name: "Bob".to_owned(),
        member: false,
        source: "192.0.2.1".to_owned(),
        device: "Firefox on Linux".to_owned(),
        here: false,
        joined_at: CREATED_AT,
        left_at: None,
        end: None,
        keys: 0,
    }
}

/// An audit entry about a member, by a member on a page.
pub fn audit_entry(action: &str) -> AuditEntry {
    AuditEntry {
        id: Uuid::now_v7(),
        at: CREATED_AT,
        actor_id: None,
        actor: "Ann".to_owned(),
        via: "page".to_owned(),
        source: Some("192.0.2.1".to_owned()),
        action: action.to_owned(),
        target_kind: "member".to_owned(),
        target_id: None,
        target: "Bob".to_owned(),
        detail: None,
    }
}
