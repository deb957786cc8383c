//! Single-use links from superusers: to join the workspace, or to choose a new password. Only their
//! hashes are stored.

use std::sync::Arc;

use chrono::TimeDelta;
use protocol::{
    api::{AcceptInvite, AuditAction, Invite, InviteKind, InviteLink, NewInvite, Role, limits},
    id::{InviteId, MemberId},
};
use store::{InviteRow, Member};
use uuid::Uuid;

use super::{
    connections::Connections,
    new_member::NewMember,
    passwords::Passwords,
    sign_ins::{Caller, SignIns, SignedIn},
};
use crate::{
    Actor, Error,
    access::{Action, Target, authorize},
    audit::{AuditActor, AuditTarget},
    context::Context,
    mail::{
        queue::{Mailer, Purpose, QueueSlot},
        templates::{Email, member_invitation},
    },
    secret,
    throttle::Throttle,
    validate,
};

/// Invites and password links.
pub struct Invites {
    pub(crate) ctx: Arc<Context>,
    pub(crate) passwords: Passwords,
    /// Uses of each link, by its hash: each one takes a hash of a password.
    pub(crate) uses: Throttle<[u8; 32]>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) sign_ins: Arc<SignIns>,
    pub(crate) mailer: Arc<Mailer>,
}

impl Invites {
    /// Lists unused links, newest first.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<Invite>, Error> {
        authorize(actor, Action::ManageMembers, Target::Workspace)?;
        Ok(self.ctx.store.invites.pending(self.ctx.now()).await?)
    }

    /// Returns true if invites can be sent by mail.
    pub fn can_mail(&self, actor: &Actor) -> Result<bool, Error> {
        authorize(actor, Action::ManageMembers, Target::Workspace)?;
        Ok(self.mailer.is_configured())
    }

    /// Invites a person. An earlier invite for the same address becomes invalid. Mail is sent in the
    /// background; the audit log records a failure.
    ///
    /// # Errors
    /// [`Error::MemberExists`], [`Error::MailNotConfigured`], [`Error::Throttled`].
    pub async fn create(
        self: &Arc<Self>,
        actor: &Actor,
        new: NewInvite,
    ) -> Result<InviteLink, Error> {
        authorize(actor, Action::ManageMembers, Target::Workspace)?;
        let email = validate::email(&new.email)?;
        if new.by_mail && !self.mailer.is_configured() {
            return Err(Error::MailNotConfigured);
        }
        if self.ctx.store.members.by_email(&email).await?.is_some() {
            return Err(Error::MemberExists);
        }
        let slot = new.by_mail.then(|| self.mailer.reserve(actor)).transpose()?;
        let detail = Some(format!("role: {}", new.role));
        let row = self.new_invite(actor, InviteKind::Join, email, new.role, None);
        let link = match self.issue(actor, row, AuditAction::MemberInvite, detail).await {
            Ok(link) => link,
            Err(error) => {
                slot.into_iter().for_each(QueueSlot::refund);
                return Err(error);
            }
        };
        if let Some(slot) = slot {
            let workspace = self.ctx.workspace_settings().await?.name;
            let email = member_invitation(actor, &workspace, &link);
            self.send(slot, link.invite.clone(), email);
        }
        Ok(link)
    }

    fn send(self: &Arc<Self>, slot: QueueSlot, to: Invite, email: Email) {
        let invites = Arc::clone(self);
        tokio::spawn(async move {
            let purpose = Purpose::Invite(to.id);
            let sent = invites.mailer.deliver(slot, purpose, &to.email, &email).await;
            let Err(reason) = sent else { return };
            let (by, target) = (AuditActor::websh(), AuditTarget::new("invite", &to.id, &to.email));
            let action = AuditAction::MemberMailFailed;
            if let Err(error) = invites.ctx.audit(by, action, target, Some(reason)).await {
                tracing::warn!(%error, "the failure to send an invite was not recorded");
            }
        });
    }

    /// Creates a link by which a member can choose a new password. The old one stays valid until then.
    pub async fn create_reset(&self, actor: &Actor, member: MemberId) -> Result<InviteLink, Error> {
        authorize(actor, Action::ManageMembers, Target::Workspace)?;
        let found = self.ctx.store.members.get(member).await?;
        let found = found.filter(|member| member.active).ok_or(Error::NotFound("member"))?;
        let (kind, member) = (InviteKind::Reset, Some(member));
        let row = self.new_invite(actor, kind, found.email, found.role, member);
        self.issue(actor, row, AuditAction::MemberReset, None).await
    }

    /// Withdraws an unused link.
    pub async fn withdraw(&self, actor: &Actor, id: InviteId) -> Result<(), Error> {
        authorize(actor, Action::ManageMembers, Target::Workspace)?;
        let unknown = || Error::NotFound("invitation");
        let row = self.ctx.store.invites.get(id).await?.ok_or_else(unknown)?;
        let target = AuditTarget::new("invite", &id, &row.invite.email);
        let detail = Some("withdrawn".to_owned());
        let entry = self.ctx.entry(actor, AuditAction::MemberInvite, target, detail);
        if self.ctx.store.invites.remove(id, &entry).await? { Ok(()) } else { Err(unknown()) }
    }

    /// Returns the invite of a link to its holder, without using it.
    ///
    /// # Errors
    /// [`Error::InviteOver`].
    pub async fn preview(&self, token: &str) -> Result<Invite, Error> {
        Ok(self.unused(token).await?.invite)
    }

    /// Uses a link: creates the member or changes the password, and signs the holder in.
    ///
    /// # Errors
    /// [`Error::InviteOver`]; [`Error::Throttled`]; [`Error::Invalid`] leaves the link unused.
    pub async fn accept(&self, request: AcceptInvite, caller: &Caller) -> Result<SignedIn, Error> {
        let row = self.unused(&request.token).await?;
        let hash = secret::hash(&request.token);
        let permit = self.uses.reserve(hash, self.ctx.now()).await?;
        let used = match (row.invite.kind, row.member) {
            (InviteKind::Join, _) => self.join(row, request, caller).await,
            (InviteKind::Reset, Some(id)) => {
                self.reset_password(row.invite.id, id, request.password, caller).await
            }
            (InviteKind::Reset, None) => Ok(None),
        };
        if matches!(used, Err(Error::Invalid { .. } | Error::PasswordUnchecked | Error::Busy)) {
            // Nothing was hashed.
            permit.refund();
        }
        let member = used?.ok_or(Error::InviteOver)?;
        self.sign_ins.create_for(&member, caller).await
    }

    /// Returns none if the link was used concurrently.
    async fn join(
        &self,
        row: InviteRow,
        request: AcceptInvite,
        caller: &Caller,
    ) -> Result<Option<Member>, Error> {
        let now = self.ctx.now();
        let new = NewMember {
            email: row.invite.email.clone(),
            name: request.name.unwrap_or_default(),
            password: request.password,
        };
        let member = new.prepare(&self.passwords, now, row.invite.role).await?;
        let actor = AuditActor::member(&member, caller.source);
        let detail = Some(format!("invited by {}", row.invite.by));
        let entry = self.ctx.entry(actor, AuditAction::MemberJoin, &member, detail);
        match self.ctx.store.invites.join(row.invite.id, &member, now, &entry).await {
            Err(store::Error::Duplicate) => Err(Error::MemberExists),
            joined => Ok(joined?.then_some(member)),
        }
    }

    /// Returns none if the link was used concurrently.
    async fn reset_password(
        &self,
        invite: InviteId,
        member: MemberId,
        password: String,
        caller: &Caller,
    ) -> Result<Option<Member>, Error> {
        validate::new_password("password", &password)?;
        let member = self.ctx.store.members.get(member).await?;
        let member = member.filter(|member| member.active).ok_or(Error::InviteOver)?;
        let hash = self.passwords.hash(password).await?;
        let actor = AuditActor::member(&member, caller.source);
        let detail = Some("by a link".to_owned());
        let entry = self.ctx.entry(actor, AuditAction::MemberPassword, &member, detail);
        let now = self.ctx.now();
        if !self.ctx.store.invites.reset_password(invite, member.id, &hash, now, &entry).await? {
            return Ok(None);
        }
        self.connections.recheck().await?;
        Ok(Some(Member { password_hash: hash, ..member }))
    }

    async fn unused(&self, token: &str) -> Result<InviteRow, Error> {
        let found = self.ctx.store.invites.by_hash(&secret::hash(token)).await?;
        let row = found.ok_or(Error::NotFound("invitation"))?;
        if row.used_at.is_some() || row.invite.expires_at <= self.ctx.now() {
            return Err(Error::InviteOver);
        }
        Ok(row)
    }

    fn new_invite(
        &self,
        actor: &Actor,
        kind: InviteKind,
        email: String,
        role: Role,
        member: Option<MemberId>,
    ) -> InviteRow {
        let now = self.ctx.now();
        let invite = Invite {
            id: InviteId(Uuid::now_v7()),
            kind,
            email,
            role,
            by: actor.name.clone(),
            created_at: now,
            expires_at: now + TimeDelta::days(limits::INVITE_DAYS),
        };
        InviteRow { invite, member, creator: Some(actor.member), used_at: None }
    }

    async fn issue(
        &self,
        actor: &Actor,
        row: InviteRow,
        action: AuditAction,
        detail: Option<String>,
    ) -> Result<InviteLink, Error> {
        let token = secret::new();
        let target = match row.member {
            Some(member) => AuditTarget::new("member", &member, &row.invite.email),
            None => AuditTarget::new("invite", &row.invite.id, &row.invite.email),
        };
        let entry = self.ctx.entry(actor, action, target, detail);
        if !self.ctx.store.invites.add(&row, &secret::hash(&token), &entry).await? {
            return Err(Error::Forbidden);
        }
        let url = format!("{}/invite#{token}", self.ctx.config.public_url);
        Ok(InviteLink { invite: row.invite, url })
    }
}
