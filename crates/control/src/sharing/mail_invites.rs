//! Shares that are sent by mail, one for each address. The mail is sent in the background. A share whose
//! mail fails becomes void, because its password was never delivered.

use std::{collections::HashSet, sync::Arc};

use protocol::{
    api::{
        AuditAction, GuestEnd, InviteResult, InviteResults, InviteStatus, MailState, NewInvites,
        NewShare, ShareState, limits,
    },
    id::{SessionId, ShareId},
};
use store::{SessionRow, ShareEnding, ShareRow};

use super::{
    rules::{self, Terms},
    shares::Shares,
};
use crate::{
    Actor, Error,
    audit::{AuditActor, AuditTarget},
    mail::{queue::Purpose, templates::guest_invitation, transport::address},
};

impl Shares {
    /// Invites guests by mail, each by a separate share. Invalid addresses are reported one by one, and
    /// duplicates get one mail.
    ///
    /// # Errors
    /// See [`Shares::create`]; [`Error::MailNotConfigured`]; [`Error::Invalid`] without a valid address
    /// or with too many; [`Error::Throttled`] if no mail can be sent now.
    pub async fn invite(
        self: &Arc<Self>,
        actor: &Actor,
        id: SessionId,
        new: NewInvites,
    ) -> Result<InviteResults, Error> {
        let (row, settings) = self.require_sharable(actor, id).await?;
        if !self.mailer.is_configured() {
            return Err(Error::MailNotConfigured);
        }
        if new.emails.len() > limits::MAX_SHARE_ADDRESSES {
            let message = format!("Invite at most {} people at once.", limits::MAX_SHARE_ADDRESSES);
            return Err(Error::invalid("emails", message));
        }
        let last = self.ctx.store.shares.last_read_only(actor.member).await?;
        let share = NewShare {
            minutes: new.minutes,
            read_only: new.read_only,
            max_guests: Some(settings.share_max_guests.min(limits::MAIL_SHARE_GUESTS)),
            guests_alone: new.guests_alone,
        };
        let terms = rules::terms(&settings, &share, last)?;
        let addresses = unique(new.emails);
        if addresses.iter().all(|(to, _)| to.is_none()) {
            return Err(Error::invalid("email", "Enter at least one valid email address."));
        }
        let mut results = Vec::new();
        let mut refusal = None;
        for (to, email) in addresses {
            let (status, share_id) = match to {
                None => (InviteStatus::InvalidEmail, None),
                Some(to) => match self.queue_mail(actor, &row, terms, to).await {
                    Ok(share) => (InviteStatus::Queued, Some(share)),
                    Err(error @ (Error::Throttled(_) | Error::TooManyShares | Error::Busy)) => {
                        refusal = Some(error);
                        (InviteStatus::TooMany, None)
                    }
                    Err(error) => return Err(error),
                },
            };
            results.push(InviteResult { email, status, share_id });
        }
        match refusal {
            Some(error) if results.iter().all(|one| one.share_id.is_none()) => Err(error),
            _ => Ok(InviteResults { results }),
        }
    }

    async fn queue_mail(
        self: &Arc<Self>,
        actor: &Actor,
        row: &SessionRow,
        terms: Terms,
        to: String,
    ) -> Result<ShareId, Error> {
        let slot = self.mailer.reserve(actor)?;
        let share = match self.add(actor, row, terms, Some(to.clone())).await {
            Ok(share) => share,
            Err(error) => {
                slot.refund();
                return Err(error);
            }
        };
        let email = guest_invitation(actor, &row.name, &share);
        let (shares, id) = (Arc::clone(self), share.id);
        tokio::spawn(async move {
            let sent = shares.mailer.deliver(slot, Purpose::Share(id), &to, &email).await;
            if let Err(error) = shares.record_mail(id, sent).await {
                tracing::warn!(share = %id, %error, "the result of a mail was not recorded");
            }
        });
        Ok(id)
    }

    async fn record_mail(&self, share: ShareId, sent: Result<(), String>) -> Result<(), Error> {
        // The share may have been deleted with its session.
        let Some(row) = self.ctx.store.shares.get(share).await? else { return Ok(()) };
        let session = self.ctx.session_row(row.session).await?;
        match sent {
            Ok(()) => self.ctx.store.shares.set_mail_state(share, MailState::Sent, None).await?,
            Err(reason) => self.void(&row, &session, &reason).await?,
        }
        self.ctx.announce(session.owner);
        Ok(())
    }

    async fn void(&self, row: &ShareRow, session: &SessionRow, reason: &str) -> Result<(), Error> {
        let share = row.share.id;
        let ending = ShareEnding {
            at: self.ctx.now(),
            state: ShareState::Void,
            by: None,
            guests: GuestEnd::Revoked,
        };
        let target = AuditTarget::share(share, &session.name);
        let detail = row.share.email.as_ref().map(|to| format!("to {to}: {reason}"));
        let action = AuditAction::ShareMailFailed;
        let entry = self.ctx.entry(AuditActor::websh(), action, target, detail);
        self.end(row, &ending, &entry).await?;
        // Last, so that the link of a mail that is shown as failed is void.
        Ok(self.ctx.store.shares.set_mail_state(share, MailState::Failed, Some(reason)).await?)
    }

    /// Voids the shares whose mail was queued when websh stopped, because the queue is lost.
    pub async fn void_unsent(&self) -> Result<(), Error> {
        for row in self.ctx.store.shares.unsent().await? {
            let session = self.ctx.session_row(row.session).await?;
            self.void(&row, &session, "websh stopped before the mail was sent.").await?;
        }
        Ok(())
    }
}

/// Returns the normalized and the entered form of each address, without duplicates.
fn unique(entered: Vec<String>) -> Vec<(Option<String>, String)> {
    let mut seen = HashSet::new();
    entered
        .into_iter()
        .map(|entered| (address(&entered), entered))
        .filter(|(to, entered)| seen.insert(to.clone().unwrap_or_else(|| entered.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_addresses_get_one_mail() {
        let entered =
            ["Bob@example.org", "bob@example.org ", "nobody", "nobody", "zoe@example.org"];
        let found = unique(entered.map(str::to_owned).to_vec());
        let to: Vec<_> = found.iter().map(|(to, _)| to.as_deref()).collect();
        assert_eq!(to, [Some("bob@example.org"), None, Some("zoe@example.org")]);
        assert_eq!(found[0].1, "Bob@example.org");
    }
}
