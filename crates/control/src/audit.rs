//! What is written down of what people do: who, what, when, from where. Entries of changes go into
//! the change's own transaction, so that neither is there without the other.

use chrono::{DateTime, Utc};
use protocol::{
    api::AuditEntry,
    id::{MemberId, SessionId},
};
use uuid::Uuid;

use crate::{Actor, Control, Error};

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doer {
    id: Option<MemberId>,
    name: String,
    via: &'static str,
    source: Option<String>,
}

impl Doer {
    /// Whoever runs websh's command line on the machine itself.
    #[must_use]
    pub fn command_line() -> Self {
        Self { id: None, name: "the command line".to_owned(), via: "command_line", source: None }
    }

    /// websh, by itself.
    #[must_use]
    pub fn websh() -> Self {
        Self { id: None, name: "websh".to_owned(), via: "websh", source: None }
    }

    /// Somebody who has not shown yet who they are, under the name they give.
    pub(crate) fn stranger(name: &str, source: std::net::IpAddr) -> Self {
        Self { id: None, name: name.to_owned(), via: "page", source: Some(source.to_string()) }
    }

    /// A member who comes in just now.
    pub(crate) fn member(id: MemberId, name: &str, source: std::net::IpAddr) -> Self {
        Self { id: Some(id), ..Self::stranger(name, source) }
    }

    /// Their name, for those whom they do something to.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl From<&Actor> for Doer {
    fn from(actor: &Actor) -> Self {
        Self {
            id: Some(actor.member),
            name: actor.name.clone(),
            via: if actor.scope.is_some() { "token" } else { "page" },
            source: Some(actor.source.to_string()),
        }
    }
}

/// What something is done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    kind: &'static str,
    id: Option<String>,
    name: String,
}

impl Subject {
    /// A thing of a kind with an id, such as an invitation.
    #[must_use]
    pub fn new(kind: &'static str, id: &impl ToString, name: &str) -> Self {
        Self { kind, id: Some(id.to_string()), name: name.to_owned() }
    }

    /// A session.
    #[must_use]
    pub fn session(id: SessionId, name: &str) -> Self {
        Self::new("session", &id, name)
    }

    /// A member.
    #[must_use]
    pub fn member(id: MemberId, name: &str) -> Self {
        Self::new("member", &id, name)
    }

    /// What there is one of, such as the settings.
    #[must_use]
    pub fn only(kind: &'static str) -> Self {
        Self { kind, id: None, name: kind.to_owned() }
    }
}

/// An entry of what is done now.
pub(crate) fn entry(
    now: DateTime<Utc>,
    doer: &Doer,
    action: &str,
    subject: Subject,
    detail: Option<String>,
) -> AuditEntry {
    AuditEntry {
        id: Uuid::now_v7(),
        at: now,
        actor_id: doer.id,
        actor: doer.name.clone(),
        via: doer.via.to_owned(),
        source: doer.source.clone(),
        action: action.to_owned(),
        target_kind: subject.kind.to_owned(),
        target_id: subject.id,
        target: subject.name,
        detail,
    }
}

impl Control {
    /// Writes down what has no transaction of its own to be part of, such as access to somebody
    /// else's session. Never put a secret in `detail`.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: what was to be done is refused then, unless it ends a session.
    pub async fn audit(
        &self,
        doer: &Doer,
        action: &str,
        subject: Subject,
        detail: Option<String>,
    ) -> Result<(), Error> {
        let entry = entry(self.now(), doer, action, subject, detail);
        Ok(self.inner.store.add_audit(&entry).await?)
    }
}
