//! What is written down of what people do: who, what, when, from where. Entries of changes go into
//! the change's own transaction, so that neither is there without the other.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AuditEntry, AuditFilter, AuditPage, EndReason, Guest, limits},
    id::{MemberId, SessionId, ShareId},
};
use store::{Ending, SessionRow};
use uuid::Uuid;

use crate::{
    Actor, Control, Error,
    access::{Action, Target, authorize},
    validate,
};

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doer {
    id: Option<MemberId>,
    name: String,
    via: &'static str,
    source: Option<String>,
}

impl Doer {
    /// Whoever runs websh's command line on the machine itself, by their account there.
    #[must_use]
    pub fn command_line() -> Self {
        let name = format!("the account {}", host::operator());
        Self { id: None, name, via: "command_line", source: None }
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

    /// Who came by a share, under the name they gave.
    pub(crate) fn guest(name: &str, source: std::net::IpAddr) -> Self {
        Self { via: "share", ..Self::stranger(name, source) }
    }

    /// A guest of whom nothing is heard at the moment.
    pub(crate) fn guest_in(row: &store::GuestRow) -> Self {
        let Guest { name, source, .. } = &row.guest;
        Self { id: row.member, name: name.clone(), via: "share", source: Some(source.clone()) }
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

    /// A share of a session, by the session's name.
    #[must_use]
    pub fn share(id: ShareId, session: &str) -> Self {
        Self::new("share", &id, session)
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

/// Refuses a filter that nothing can match and a database may choke on.
fn sane(filter: &AuditFilter) -> Result<(), Error> {
    for (field, text) in [("q", &filter.q), ("action", &filter.action)] {
        text.as_ref().map(|text| validate::search(field, text)).transpose()?;
    }
    Ok(())
}

impl Control {
    /// A page of the log, newest first: 100 entries when `limit` says nothing, 1 to 1000.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`] for a bad cursor or filter, [`Error::Unavailable`].
    pub async fn audit_log(
        &self,
        actor: &Actor,
        filter: AuditFilter,
        limit: Option<u64>,
        cursor: Option<&str>,
    ) -> Result<AuditPage, Error> {
        authorize(actor, Action::ReadAudit, Target::Workspace)?;
        sane(&filter)?;
        let limit = limits::AUDIT_PAGE.limit(limit);
        let before = cursor.map(Uuid::parse_str).transpose();
        let before =
            before.map_err(|_| Error::invalid("cursor", "This is not a cursor of this list."))?;
        let mut items = self.inner.store.audit.list(&filter, before, limit + 1).await?;
        let more = u64::try_from(items.len()).is_ok_and(|found| found > limit);
        if more {
            items.pop();
        }
        let next = items.last().filter(|_| more).map(|last| last.id.to_string());
        Ok(AuditPage { items, next })
    }

    /// Writes down that the log is exported, and by which filter.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`] for a bad filter, [`Error::Unavailable`].
    pub async fn export_audit(&self, actor: &Actor, filter: &AuditFilter) -> Result<(), Error> {
        authorize(actor, Action::ReadAudit, Target::Workspace)?;
        sane(filter)?;
        let mut parts = Vec::new();
        parts.extend(filter.q.as_ref().map(|q| format!("q: {q}")));
        parts.extend(filter.action.as_ref().map(|action| format!("action: {action}")));
        parts.extend(filter.from.map(|from| format!("from: {}", from.to_rfc3339())));
        parts.extend(filter.to.map(|to| format!("to: {}", to.to_rfc3339())));
        let detail = Some(parts.join(", ")).filter(|detail| !detail.is_empty());
        self.audit(&actor.into(), "audit.export", Subject::only("audit"), detail).await
    }

    /// Writes down what has no transaction of its own to be part of, such as access to somebody
    /// else's session. Never put a secret in `detail`.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: what was to be done is refused then, unless it ends a session or
    /// is its owner's attach.
    pub async fn audit(
        &self,
        doer: &Doer,
        action: &str,
        subject: Subject,
        detail: Option<String>,
    ) -> Result<(), Error> {
        let entry = entry(self.now(), doer, action, subject, detail);
        Ok(self.inner.store.audit.add(&entry).await?)
    }

    /// Writes down how a session ended, unless whoever ended it has done so: not the command line on the
    /// machine, which goes without this process, nor a machine that shuts down.
    pub(crate) async fn audit_ending(&self, row: &SessionRow, ending: &Ending) {
        let action = match ending.reason {
            EndReason::Exited => "session.exit",
            EndReason::Expired => "session.expire",
            EndReason::Lost => "session.lost",
            EndReason::Closed => "session.close",
            EndReason::Dropped => "session.drop",
        };
        if let Err(error) = self.tell_ending(row, ending, action).await {
            tracing::error!(session = %row.id, action, %error, "not in the audit log");
        }
    }

    async fn tell_ending(
        &self,
        row: &SessionRow,
        ending: &Ending,
        action: &str,
    ) -> Result<(), Error> {
        let by_somebody = matches!(ending.reason, EndReason::Closed | EndReason::Dropped);
        if by_somebody && self.inner.store.audit.has_entry(row.id, action).await? {
            return Ok(());
        }
        let status = ending.exit_code.map(|code| format!("status {code}"));
        let detail = if by_somebody { ending.note.clone() } else { status };
        let name = ending.by.clone().filter(|_| by_somebody);
        let websh = Doer::websh();
        let doer = Doer { name: name.unwrap_or(websh.name), ..websh };
        self.audit(&doer, action, Subject::session(row.id, &row.name), detail).await
    }
}
