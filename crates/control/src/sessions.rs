//! Sessions: listing, reading, changing, previewing, closing and deleting them. Attachments and the
//! reconciliation of rows and processes have their own types below.

pub(crate) mod attachments;
pub(crate) mod create;
pub(crate) mod guest_receipts;
mod limits;
pub(crate) mod lookup;
mod reconcile;
pub(crate) mod reconciler;
pub(crate) mod rules;
pub(crate) mod unsettled;
pub(crate) mod view;

use std::{collections::HashMap, sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::TimeDelta;
use protocol::{
    api::{
        AttachPolicy, AuditAction, ChangeSession, EndReason, Life, Scope, Session, SessionPage,
        limits as bounds,
    },
    id::{MemberId, SessionId},
    wire::{EndCause, EndRequest, Position},
};
use store::{Ending, Page, SessionRow};
use tokio::{
    sync::Mutex,
    time::{MissedTickBehavior, interval},
};

use self::unsettled::Unsettled;
use crate::{
    Actor, Error,
    access::{Action, Target, authorize},
    audit::AuditActor,
    context::{Context, detached},
    identity::accounts,
    throttle::Throttle,
    validate,
};

/// Interval between deletions. Retention is configured in days, so an hour does not matter.
const RETENTION_INTERVAL: Duration = Duration::from_secs(3600);

/// Sessions of all members.
pub struct Sessions {
    pub(crate) ctx: Arc<Context>,
    pub(crate) unsettled: Arc<Unsettled>,
    pub(crate) new_per_member: Throttle<MemberId>,
    /// Held while sessions are counted and a row is added, so that no limit is exceeded.
    pub(crate) counting: Mutex<()>,
}

impl Sessions {
    /// Lists sessions, newest first. `q` searches names, accounts, servers and, of the actor's own
    /// sessions, last titles.
    pub async fn list(
        &self,
        actor: &Actor,
        scope: Scope,
        life: Life,
        q: Option<&str>,
        limit: Option<u64>,
        cursor: Option<&str>,
    ) -> Result<SessionPage, Error> {
        let owner = match scope {
            Scope::Mine => {
                authorize(actor, Action::ListOwn, Target::Workspace)?;
                Some(actor.member)
            }
            Scope::All => {
                authorize(actor, Action::ListAll, Target::Workspace)?;
                None
            }
        };
        let limit = bounds::SESSION_PAGE.limit(limit);
        let before = cursor.map(validate::cursor).transpose()?;
        let q = q
            .map(str::trim)
            .filter(|q| !q.is_empty())
            .map(|q| validate::search("q", q))
            .transpose()?;
        // A session may have ended before its row is updated: its final report decides.
        let reports = self.ctx.host.reports();
        let ended =
            reports.iter().filter(|(_, report)| report.end.is_some()).map(|(id, _)| *id).collect();
        let titles_of = actor.member;
        let page = Page { owner, life, ended, limit: limit + 1, before, q, titles_of };
        let mut rows = self.ctx.store.sessions.list(page).await?;
        let full = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > full;
        rows.truncate(full);
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        let mut items = lookup::views(&rows, &reports);
        let own = rows.iter().filter(|row| row.owner == actor.member);
        let own: Vec<SessionId> = own.map(|row| row.id).collect();
        let counts = match life {
            Life::Active => self.ctx.store.shares.wrong_passwords(&own, self.ctx.now()).await?,
            Life::Ended => self.ctx.store.guests.count_by_session(&own).await?,
        };
        for (item, row) in items.iter_mut().zip(&rows) {
            let count = counts.get(&row.id).copied().unwrap_or_default();
            match life {
                Life::Active => item.wrong_passwords = count,
                Life::Ended => item.visitors = count,
            }
            if row.owner != actor.member {
                view::hide_content(item);
            }
        }
        Ok(SessionPage { items, next })
    }

    /// Returns a running session.
    ///
    /// # Errors
    /// [`Error::Ended`] with the final state.
    pub async fn get(&self, actor: &Actor, id: SessionId) -> Result<Session, Error> {
        let row = self.ctx.authorized_session(actor, Action::See, id).await?;
        lookup::running_for(&self.ctx, actor, &row)?;
        self.shown(actor, &row).await
    }

    /// Changes the name or the policy of a running session.
    ///
    /// # Errors
    /// [`Error::Ended`].
    pub async fn change(
        &self,
        actor: &Actor,
        id: SessionId,
        change: ChangeSession,
    ) -> Result<Session, Error> {
        let row = self.ctx.authorized_session(actor, Action::Change, id).await?;
        let name = change.name.as_deref().map(|name| validate::label("name", name)).transpose()?;
        lookup::running_for(&self.ctx, actor, &row)?;
        for (action, detail) in differences(&row, name.as_deref(), change.attach_policy) {
            self.ctx.audit(actor, action, &row, Some(detail)).await?;
        }
        self.ctx.store.sessions.change(id, name.as_deref(), change.attach_policy).await?;
        self.ctx.announce(row.owner);
        let row = self.ctx.session_row(id).await?;
        lookup::running_for(&self.ctx, actor, &row)?;
        if change.attach_policy.is_some() {
            rules::push(&self.ctx, &row).await?;
        }
        self.shown(actor, &row).await
    }

    /// Returns the screen of a session from a position on, as one `Frame` of the wire. Returns none if
    /// nothing is newer or the session has ended: a polling client may make one request too many. Viewers
    /// are not notified, and the request does not count as activity.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everyone but the owner; [`Error::AccountForbidden`],
    /// [`Error::Unreachable`].
    pub async fn preview(
        &self,
        actor: &Actor,
        id: SessionId,
        position: Option<Position>,
    ) -> Result<Option<Bytes>, Error> {
        let row = self.ctx.authorized_session(actor, Action::Watch, id).await?;
        if lookup::running(&self.ctx, &row).is_err() {
            return Ok(None);
        }
        accounts::require_granted(&self.ctx, actor, &row.account).await?;
        match self.ctx.host.preview(id, position).await {
            // An empty frame has no bytes.
            Ok(frame) => Ok(Some(frame).filter(|frame| !frame.is_empty())),
            Err(host::Error::Gone) => Ok(None),
            Err(error) => Err(lookup::unreachable(&self.ctx, actor, id, &error).await),
        }
    }

    /// Counts as activity of the owner, which restarts the session's timeout.
    ///
    /// # Errors
    /// [`Error::Ended`], [`Error::Unreachable`].
    pub async fn keep_alive(&self, actor: &Actor, id: SessionId) -> Result<(), Error> {
        let row = self.ctx.authorized_session(actor, Action::Drive, id).await?;
        lookup::running_for(&self.ctx, actor, &row)?;
        match self.ctx.host.keep(id).await {
            Ok(_) => Ok(()),
            Err(error) => Err(lookup::unreachable(&self.ctx, actor, id, &error).await),
        }
    }

    /// Closes a session. Returns when its whole process tree is gone.
    ///
    /// # Errors
    /// [`Error::Ended`] if it has ended already, [`Error::Unreachable`] if its process does not answer.
    pub async fn close(&self, actor: &Actor, id: SessionId) -> Result<(), Error> {
        self.ctx.authorized_session(actor, Action::Close, id).await?;
        self.unsettled.wait(id).await;
        let row = self.ctx.session_row(id).await?;
        lookup::running_for(&self.ctx, actor, &row)?;
        let own = row.owner == actor.member;
        let cause = if own { EndCause::Closed } else { EndCause::Dropped };
        self.end(row, actor.into(), cause, String::new()).await
    }

    /// Drops a session on behalf of an operator.
    pub(crate) async fn drop_by_operator(
        &self,
        actor: &AuditActor,
        id: SessionId,
        reason: String,
    ) -> Result<(), Error> {
        self.unsettled.wait(id).await;
        let row = self.ctx.session_row(id).await?;
        lookup::running(&self.ctx, &row).map_err(view::without_content)?;
        self.end(row, actor.clone(), EndCause::Dropped, reason).await
    }

    /// Ends a running session, even if the caller is dropped.
    async fn end(
        &self,
        mut row: SessionRow,
        actor: AuditActor,
        cause: EndCause,
        note: String,
    ) -> Result<(), Error> {
        let ctx = Arc::clone(&self.ctx);
        let settling = self.unsettled.begin(row.id, Some(row.owner));
        detached(async move {
            let _settling = settling;
            let (action, reason) = match cause {
                EndCause::Dropped => (AuditAction::SessionDrop, EndReason::Dropped),
                _ => (AuditAction::SessionClose, EndReason::Closed),
            };
            let detail = Some(note.clone()).filter(|note| !note.is_empty());
            if let Err(error) = ctx.audit(&actor, action, &row, detail.clone()).await {
                // A session can be ended while the database is unavailable.
                tracing::error!(session = %row.id, by = actor.name(), %action, %error, "not in the audit log");
            }
            let by = actor.name().to_owned();
            let request = EndRequest { cause: cause.into(), by: by.clone(), note };
            let ending = match ctx.host.end(row.id, request).await {
                Ok(Some(report)) => {
                    view::apply_report(&mut row, &report);
                    // The final report stays until the receipts are written.
                    if guest_receipts::write(&ctx, &mut HashMap::new(), &report).await.is_err() {
                        return Ok(());
                    }
                    report.end.as_ref().map(view::ending)
                }
                // The process did not answer, and was killed with its tree.
                Ok(None) => None,
                // It has ended by itself. The reconciler processes its final report.
                Err(host::Error::Gone) => return Ok(()),
                Err(error) => {
                    tracing::warn!(session = %row.id, %error, "a session could not be ended");
                    return Err(Error::Unreachable);
                }
            };
            let ending = ending.unwrap_or(Ending {
                by: Some(by),
                note: detail,
                ..Ending::new(ctx.now(), reason)
            });
            match ctx.store.sessions.end(&row, &ending).await {
                Ok(_) => ctx.host.acknowledge(row.id).await,
                // The final report stays until the reconciler has updated the row.
                Err(error) => {
                    tracing::warn!(session = %row.id, %error, "the end is not in its row yet");
                }
            }
            Ok(())
        })
        .await
    }

    /// Deletes the sessions that ended before the retention period, now and every hour, forever.
    pub async fn watch_retention(self: Arc<Self>) {
        let mut ticks = interval(RETENTION_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.delete_old_once().await {
                tracing::warn!(%error, "old sessions could not be deleted");
            }
        }
    }

    async fn delete_old_once(&self) -> Result<u64, Error> {
        let days = self.ctx.workspace_settings().await?.keep_ended_days;
        let before = self.ctx.now() - TimeDelta::days(days.into());
        Ok(self.ctx.store.sessions.remove_ended(before).await?)
    }

    async fn shown(&self, actor: &Actor, row: &SessionRow) -> Result<Session, Error> {
        let mut session = lookup::view(&self.ctx, row);
        if row.owner == actor.member {
            session.wrong_passwords = lookup::wrong_passwords(&self.ctx, row.id).await?;
        } else {
            view::hide_content(&mut session);
        }
        Ok(session)
    }
}

fn differences(
    row: &SessionRow,
    name: Option<&str>,
    policy: Option<AttachPolicy>,
) -> Vec<(AuditAction, String)> {
    let name = name.filter(|name| *name != row.name);
    let policy = policy.filter(|policy| *policy != row.attach_policy);
    let name = name.map(|name| (AuditAction::SessionRename, format!("{} → {name}", row.name)));
    let policy = policy
        .map(|policy| (AuditAction::SessionPolicy, format!("{} → {policy}", row.attach_policy)));
    name.into_iter().chain(policy).collect()
}
