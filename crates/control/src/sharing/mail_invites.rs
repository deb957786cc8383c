//! Shares that go by mail: one for each address, sent behind the answer, and void when it can't be sent:
//! nobody has its password then.

use std::collections::HashSet;

use protocol::{
    api::{
        GuestEnd, InviteResult, InviteResults, InviteStatus, MailState, NewInvites, NewShare,
        ShareState, limits,
    },
    id::{SessionId, ShareId},
};
use store::{SessionRow, ShareEnding, ShareRow};

use crate::{
    Actor, Control, Doer, Error, Subject, audit,
    mail::queue::Brings,
    mail::templates::{Invitation, Letter},
    mail::transport::{self as mail, Mail},
    sharing::rules::{self as share_rules, Terms},
};

impl Control {
    /// Invites people by mail, each by a share of their own. What is no address is told apart; one that
    /// is said twice is sent to once.
    ///
    /// # Errors
    /// As [`share`](Self::share); [`Error::MailNotConfigured`]; [`Error::Invalid`] when none of them
    /// is an address, or there are too many; [`Error::Throttled`] when nothing more may be sent now.
    pub async fn invite_guests(
        &self,
        actor: &Actor,
        id: SessionId,
        new: NewInvites,
    ) -> Result<InviteResults, Error> {
        let (row, settings) = self.sharable(actor, id).await?;
        let mail = self.inner.settings.mail.as_ref().ok_or(Error::MailNotConfigured)?;
        if new.emails.len() > limits::MAX_SHARE_ADDRESSES {
            let message = format!("Invite at most {} people at once.", limits::MAX_SHARE_ADDRESSES);
            return Err(Error::invalid("emails", message));
        }
        let last = self.inner.store.shares.last_read_only(actor.member).await?;
        let wanted = NewShare {
            minutes: new.minutes,
            read_only: new.read_only,
            max_guests: Some(settings.share_max_guests.min(limits::MAIL_SHARE_GUESTS)),
            guests_alone: new.guests_alone,
        };
        let terms = share_rules::terms(&settings, &wanted, last)?;
        let addresses = once(new.emails);
        if addresses.iter().all(|(to, _)| to.is_none()) {
            return Err(Error::invalid("email", "There is no e-mail address to send it to."));
        }
        let mut results = Vec::new();
        let mut refusal = None;
        for (to, email) in addresses {
            let posted = match to {
                Some(to) => Some(self.post(actor, &row, terms, mail, to).await),
                None => None,
            };
            let (status, share_id) = match posted {
                None => (InviteStatus::InvalidEmail, None),
                Some(Ok(share)) => (InviteStatus::Queued, Some(share)),
                Some(Err(error @ (Error::Throttled(_) | Error::TooManyShares | Error::Busy))) => {
                    refusal = Some(error);
                    (InviteStatus::TooMany, None)
                }
                Some(Err(error)) => return Err(error),
            };
            results.push(InviteResult { email, status, share_id });
        }
        match refusal {
            Some(error) if results.iter().all(|one| one.share_id.is_none()) => Err(error),
            _ => Ok(InviteResults { results }),
        }
    }

    async fn post(
        &self,
        actor: &Actor,
        row: &SessionRow,
        terms: Terms,
        mail: &Mail,
        to: String,
    ) -> Result<ShareId, Error> {
        let place = self.place_for_mail(actor)?;
        let (share, secrets) = self.new_share(actor, row, terms, Some(to.clone())).await?;
        let letter = Letter::from(Invitation {
            by: &actor.name,
            reply_to: &actor.email,
            session: &row.name,
            url: &self.share_url(&secrets),
            password: &secrets.password,
            read_only: share.read_only,
            until: share.expires_at,
        });
        let (control, mail, id) = (self.clone(), mail.clone(), share.id);
        tokio::spawn(async move {
            let said = control.deliver(place, &mail, Brings::Share(id), &to, &letter).await;
            if let Err(error) = control.delivered(id, said).await {
                tracing::warn!(share = %id, %error, "what became of its mail is not written down");
            }
        });
        Ok(id)
    }

    /// Writes down what became of a mail. A share whose mail was not sent is void.
    async fn delivered(&self, share: ShareId, said: Result<(), String>) -> Result<(), Error> {
        // Forgotten with its session.
        let Some(row) = self.inner.store.shares.get(share).await? else { return Ok(()) };
        let session = self.row(row.session).await?;
        match said {
            Ok(()) => self.inner.store.shares.set_mail_state(share, MailState::Sent, None).await?,
            Err(said) => self.make_void(&row, &session, &said).await?,
        }
        self.announce(session.owner);
        Ok(())
    }

    async fn make_void(
        &self,
        row: &ShareRow,
        session: &SessionRow,
        said: &str,
    ) -> Result<(), Error> {
        let share = row.share.id;
        let ending = ShareEnding {
            at: self.now(),
            state: ShareState::Void,
            by: None,
            guests: GuestEnd::Revoked,
        };
        let subject = Subject::share(share, &session.name);
        let detail = row.share.email.as_ref().map(|to| format!("to {to}: {said}"));
        let entry = audit::entry(ending.at, &Doer::websh(), "share.mail_failed", subject, detail);
        self.end_share(row, &ending, &entry).await?;
        // Last: whoever reads that it failed finds its link void.
        Ok(self.inner.store.shares.set_mail_state(share, MailState::Failed, Some(said)).await?)
    }

    /// Shares whose mail waited when websh stopped: what it was to say is gone.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn void_unsent(&self) -> Result<(), Error> {
        for row in self.inner.store.shares.unsent().await? {
            let session = self.row(row.session).await?;
            self.make_void(&row, &session, "websh was stopped before it was sent.").await?;
        }
        Ok(())
    }
}

/// Addresses as they are sent to, beside how they were written, each once.
fn once(written: Vec<String>) -> Vec<(Option<String>, String)> {
    let mut seen = HashSet::new();
    written
        .into_iter()
        .map(|written| (mail::address(&written), written))
        .filter(|(to, written)| seen.insert(to.clone().unwrap_or_else(|| written.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_sent_to_once() {
        let written =
            ["Bob@example.org", "bob@example.org ", "nobody", "nobody", "zoe@example.org"];
        let found = once(written.map(str::to_owned).to_vec());
        let to: Vec<_> = found.iter().map(|(to, _)| to.as_deref()).collect();
        assert_eq!(to, [Some("bob@example.org"), None, Some("zoe@example.org")]);
        assert_eq!(found[0].1, "Bob@example.org");
    }
}
