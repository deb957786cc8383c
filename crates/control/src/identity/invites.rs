//! Links that superusers hand out: to become a member, or to choose a new password. One works once,
//! for a week; only its hash is kept.

use chrono::TimeDelta;
use protocol::{
    api::{AcceptInvite, Invite, InviteKind, InviteLink, NewInvite, limits},
    id::{InviteId, MemberId},
};
use store::{InviteRow, Member};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use crate::{
    Actor, Caller, Control, Doer, Error, Mail, NewMember, SignedIn, Subject,
    access::{Action, Target, authorize},
    admin::members,
    audit,
    mail::queue::Brings,
    mail::templates::{Letter, Welcome},
    secret, validate,
};

impl Control {
    /// Links that wait to be used, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Unavailable`].
    pub async fn invites(&self, actor: &Actor) -> Result<Vec<Invite>, Error> {
        authorize(actor, Action::ManageMembers, Target::Workspace)?;
        Ok(self.inner.store.invites.pending(self.now()).await?)
    }

    /// Whether an invitation can go by mail.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn mails_invites(&self, actor: &Actor) -> Result<bool, Error> {
        authorize(actor, Action::ManageMembers, Target::Workspace)?;
        Ok(self.inner.settings.mail.is_some())
    }

    /// Invites somebody. An earlier invitation for the same address stops working. One that goes by mail
    /// is sent behind the answer; the audit log says when it can't be.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`], [`Error::MemberExists`],
    /// [`Error::MailNotConfigured`], [`Error::Throttled`], [`Error::Unavailable`].
    pub async fn invite(&self, actor: &Actor, new: NewInvite) -> Result<InviteLink, Error> {
        authorize(actor, Action::ManageMembers, Target::Workspace)?;
        let email = validate::email(&new.email)?;
        let mail = match (new.by_mail, &self.inner.settings.mail) {
            (false, _) => None,
            (true, Some(mail)) => Some(mail),
            (true, None) => return Err(Error::MailNotConfigured),
        };
        if self.inner.store.members.by_email(&email).await?.is_some() {
            return Err(Error::MemberExists);
        }
        let role = format!("{:?}", new.role).to_lowercase();
        let place = match mail {
            Some(mail) => Some((mail, self.place_for_mail(actor)?)),
            None => None,
        };
        let invite = self.fresh(actor, InviteKind::Join, email, new.role);
        let row = InviteRow { invite, member: None, creator: Some(actor.member), used_at: None };
        let detail = Some(format!("role: {role}"));
        let link = self.hand_out(actor, row, "member.invite", detail).await?;
        if let Some((mail, place)) = place {
            let workspace = self.governing().await?.name;
            let letter = Letter::from(Welcome {
                by: &actor.name,
                reply_to: &actor.email,
                workspace: &workspace,
                url: &link.url,
                until: link.invite.expires_at,
            });
            self.post_invite(mail, place, link.invite.clone(), letter);
        }
        Ok(link)
    }

    fn post_invite(&self, mail: &Mail, place: OwnedSemaphorePermit, to: Invite, letter: Letter) {
        let (control, mail) = (self.clone(), mail.clone());
        tokio::spawn(async move {
            let brings = Brings::Invite(to.id);
            let sent = control.deliver(place, &mail, brings, &to.email, &letter).await;
            let Err(said) = sent else { return };
            let subject = Subject::new("invite", &to.id, &to.email);
            let doer = Doer::websh();
            let noted = control.audit(&doer, "member.mail_failed", subject, Some(said)).await;
            if let Err(error) = noted {
                tracing::warn!(%error, "that an invitation was not sent is not written down");
            }
        });
    }

    /// Makes a link by which a member chooses a new password. Nothing changes until it is used.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn reset(&self, actor: &Actor, member: MemberId) -> Result<InviteLink, Error> {
        authorize(actor, Action::ManageMembers, Target::Workspace)?;
        let found = self.inner.store.members.get(member).await?;
        let found = found.filter(|member| member.active).ok_or(Error::NotFound("member"))?;
        let invite = self.fresh(actor, InviteKind::Reset, found.email, found.role);
        let (member, creator) = (Some(member), Some(actor.member));
        let row = InviteRow { invite, member, creator, used_at: None };
        self.hand_out(actor, row, "member.reset", None).await
    }

    /// Withdraws a link that was not used.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn withdraw(&self, actor: &Actor, id: InviteId) -> Result<(), Error> {
        authorize(actor, Action::ManageMembers, Target::Workspace)?;
        let unknown = || Error::NotFound("invitation");
        let row = self.inner.store.invites.get(id).await?.ok_or_else(unknown)?;
        let subject = Subject::new("invite", &id, &row.invite.email);
        let detail = Some("withdrawn".to_owned());
        let entry = audit::entry(self.now(), &actor.into(), "member.invite", subject, detail);
        if self.inner.store.invites.remove(id, &entry).await? { Ok(()) } else { Err(unknown()) }
    }

    /// What a link is for, for whoever holds it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::InviteOver`], [`Error::Unavailable`].
    pub async fn look_at_invite(&self, token: &str) -> Result<Invite, Error> {
        Ok(self.waiting(token).await?.invite)
    }

    /// Uses a link: its holder is a member now, or has a new password, and is signed in.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::InviteOver`]; [`Error::Invalid`] leaves the link as it is.
    pub async fn accept_invite(
        &self,
        given: AcceptInvite,
        caller: &Caller,
    ) -> Result<SignedIn, Error> {
        let row = self.waiting(&given.token).await?;
        let now = self.now();
        let used = match (row.invite.kind, row.member) {
            (InviteKind::Join, _) => {
                let name = given.name.unwrap_or_default();
                let (email, password) = (row.invite.email.clone(), given.password);
                let new = NewMember { email, name, password };
                let member =
                    members::prepare(&self.inner.passwords, now, new, row.invite.role).await?;
                let doer = Doer::member(member.id, &member.name, caller.source);
                let subject = Subject::member(member.id, &member.name);
                let detail = Some(format!("invited by {}", row.invite.by));
                let entry = audit::entry(now, &doer, "member.join", subject, detail);
                let joined =
                    self.inner.store.invites.join(row.invite.id, &member, &[], now, &entry).await;
                match joined {
                    Err(store::Error::Duplicate) => return Err(Error::MemberExists),
                    joined => joined?.then_some(member),
                }
            }
            (InviteKind::Reset, Some(id)) => {
                validate::new_password("password", &given.password)?;
                let member = self.inner.store.members.get(id).await?;
                let member = member.filter(|member| member.active).ok_or(Error::InviteOver)?;
                let hash = self.inner.passwords.hash(given.password).await?;
                let doer = Doer::member(member.id, &member.name, caller.source);
                let subject = Subject::member(member.id, &member.name);
                let detail = Some("by a link".to_owned());
                let entry = audit::entry(now, &doer, "member.password", subject, detail);
                let done = self
                    .inner
                    .store
                    .invites
                    .reset_password(row.invite.id, id, &hash, now, &entry)
                    .await?;
                if done {
                    self.recheck_sign_ins().await?;
                }
                done.then_some(Member { password_hash: hash, ..member })
            }
            (InviteKind::Reset, None) => None,
        };
        let member = used.ok_or(Error::InviteOver)?;
        self.let_in(&member, caller).await
    }

    async fn waiting(&self, token: &str) -> Result<InviteRow, Error> {
        let now = self.now();
        let found = self.inner.store.invites.by_hash(&secret::hash(token)).await?;
        let row = found.ok_or(Error::NotFound("invitation"))?;
        if row.used_at.is_some() || row.invite.expires_at <= now {
            return Err(Error::InviteOver);
        }
        Ok(row)
    }

    fn fresh(
        &self,
        actor: &Actor,
        kind: InviteKind,
        email: String,
        role: protocol::api::Role,
    ) -> Invite {
        let now = self.now();
        Invite {
            id: InviteId(Uuid::now_v7()),
            kind,
            email,
            role,
            by: actor.name.clone(),
            created_at: now,
            expires_at: now + TimeDelta::days(limits::INVITE_DAYS),
        }
    }

    async fn hand_out(
        &self,
        actor: &Actor,
        row: InviteRow,
        action: &str,
        detail: Option<String>,
    ) -> Result<InviteLink, Error> {
        let token = secret::new();
        let subject = match row.member {
            Some(member) => Subject::member(member, &row.invite.email),
            None => Subject::new("invite", &row.invite.id, &row.invite.email),
        };
        let entry = audit::entry(self.now(), &actor.into(), action, subject, detail);
        if !self.inner.store.invites.add(&row, &secret::hash(&token), &entry).await? {
            return Err(Error::Forbidden);
        }
        let url = format!("{}/invite#{token}", self.inner.settings.public_url);
        Ok(InviteLink { invite: row.invite, url })
    }
}
