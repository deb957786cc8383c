//! Actors, targets and entries of the audit log. An entry of a change is written in the change's own
//! transaction, so that neither exists without the other.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use protocol::{
    api::{AuditAction, AuditEntry, Guest},
    id::{MemberId, ShareId},
};
use store::{GuestRow, Member, SessionRow};
use uuid::Uuid;

use crate::Actor;

/// Performer of an audited action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuditActor {
    id: Option<MemberId>,
    name: String,
    via: &'static str,
    source: Option<String>,
}

impl AuditActor {
    /// The operator of the machine, named after the account that runs the command.
    pub(crate) fn command_line() -> Self {
        let name = format!("the account {}", host::operator());
        Self { id: None, name, via: "command_line", source: None }
    }

    pub(crate) fn websh() -> Self {
        Self { id: None, name: "websh".to_owned(), via: "websh", source: None }
    }

    /// websh on behalf of a named person whose identity it cannot verify.
    pub(crate) fn websh_for(name: Option<String>) -> Self {
        let websh = Self::websh();
        Self { name: name.unwrap_or(websh.name), ..websh }
    }

    /// An unauthenticated person, under the name they entered.
    pub(crate) fn unauthenticated(name: &str, source: IpAddr) -> Self {
        Self { id: None, name: name.to_owned(), via: "page", source: Some(source.to_string()) }
    }

    /// A person who joins by a share, under the name they entered.
    pub(crate) fn guest(name: &str, source: IpAddr) -> Self {
        Self { via: "share", ..Self::unauthenticated(name, source) }
    }

    /// A guest who is not part of the current request.
    pub(crate) fn absent_guest(row: &GuestRow) -> Self {
        let Guest { name, source, .. } = &row.guest;
        Self { id: row.member, name: name.clone(), via: "share", source: Some(source.clone()) }
    }

    /// A member who is signing in or joining.
    pub(crate) fn member(member: &Member, source: IpAddr) -> Self {
        Self { id: Some(member.id), ..Self::unauthenticated(&member.name, source) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl From<&Actor> for AuditActor {
    fn from(actor: &Actor) -> Self {
        Self {
            id: Some(actor.member),
            name: actor.name.clone(),
            via: if actor.scope.is_some() { "token" } else { "page" },
            source: Some(actor.source.to_string()),
        }
    }
}

impl From<&Self> for AuditActor {
    fn from(actor: &Self) -> Self {
        actor.clone()
    }
}

/// Target of an audited action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuditTarget {
    kind: &'static str,
    id: Option<String>,
    name: String,
}

impl AuditTarget {
    pub(crate) fn new(kind: &'static str, id: &impl ToString, name: &str) -> Self {
        Self { kind, id: Some(id.to_string()), name: name.to_owned() }
    }

    /// A share, named after its session.
    pub(crate) fn share(id: ShareId, session: &str) -> Self {
        Self::new("share", &id, session)
    }

    /// A target without an id, such as the settings.
    pub(crate) fn singleton(kind: &'static str) -> Self {
        Self { kind, id: None, name: kind.to_owned() }
    }
}

impl From<&SessionRow> for AuditTarget {
    fn from(row: &SessionRow) -> Self {
        Self::new("session", &row.id, &row.name)
    }
}

impl From<&Member> for AuditTarget {
    fn from(member: &Member) -> Self {
        Self::new("member", &member.id, &member.name)
    }
}

impl From<&Actor> for AuditTarget {
    fn from(actor: &Actor) -> Self {
        Self::new("member", &actor.member, &actor.name)
    }
}

pub(crate) fn entry(
    now: DateTime<Utc>,
    actor: impl Into<AuditActor>,
    action: AuditAction,
    target: impl Into<AuditTarget>,
    detail: Option<String>,
) -> AuditEntry {
    let (actor, target) = (actor.into(), target.into());
    AuditEntry {
        id: Uuid::now_v7(),
        at: now,
        actor_id: actor.id,
        actor: actor.name,
        via: actor.via.to_owned(),
        source: actor.source,
        action: action.to_string(),
        target_kind: target.kind.to_owned(),
        target_id: target.id,
        target: target.name,
        detail,
    }
}
