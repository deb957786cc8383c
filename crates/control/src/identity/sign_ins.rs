//! Sign-ins of members: checking passwords with rate limits, creating, listing and ending sign-ins.

use std::{fmt, net::IpAddr, sync::Arc};

use chrono::TimeDelta;
use protocol::api::{AuditAction, ChangePassword, Me, SignInInfo};
use store::{Member, NewDevice};
use uuid::Uuid;

use super::{
    anonymous_audit::AnonymousAudit,
    attempts::Attempts,
    connections::Connections,
    failed_attempts::{self, Attempted},
    new_member::me,
    passwords::Passwords,
    tickets::Holder,
};
use crate::{
    Actor, Error,
    access::{Action, Target, authorize},
    audit::{AuditActor, AuditTarget},
    context::Context,
    secret, validate,
};

/// Time after its last sign-in for which a device is known. Browsers keep no cookie longer.
pub const DEVICE_LIFETIME: TimeDelta = TimeDelta::days(400);

/// Origin of an unauthenticated request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Network address.
    pub source: IpAddr,
    /// Browser or program, such as `Firefox on Linux`.
    pub device: String,
    /// Secret of the device, if it sent one.
    pub device_secret: Option<DeviceSecret>,
}

/// Secret by which a device is known on which a member signed in. It grants nothing but its own limit on
/// wrong passwords.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceSecret(pub String);

impl fmt::Debug for DeviceSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceSecret")
    }
}

/// A new sign-in.
pub struct SignedIn {
    /// Secret for the cookie.
    pub token: String,
    /// Lifetime of the sign-in.
    pub lifetime: TimeDelta,
    /// Secret for the device's cookie.
    pub device: DeviceSecret,
    /// The member.
    pub me: Me,
}

/// Sign-ins, with the rate limits on failed attempts.
pub struct SignIns {
    ctx: Arc<Context>,
    passwords: Passwords,
    connections: Arc<Connections>,
    anonymous: Arc<AnonymousAudit>,
    attempts: Attempts,
}

impl SignIns {
    pub(crate) fn new(
        ctx: Arc<Context>,
        passwords: Passwords,
        connections: Arc<Connections>,
        anonymous: Arc<AnonymousAudit>,
    ) -> Self {
        Self { ctx, passwords, connections, anonymous, attempts: Attempts::new() }
    }

    /// Signs a member in. An unknown address gets the same error as a wrong password, after the same
    /// time.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`], [`Error::Throttled`], [`Error::PasswordUnchecked`].
    pub async fn create(
        &self,
        email: &str,
        password: &str,
        caller: &Caller,
    ) -> Result<SignedIn, Error> {
        let email = validate::credentials(email, password)?;
        let known = self.known_device(caller).await?.filter(|(_, of)| of.email == email);
        let device = known.map(|(hash, _)| hash);
        let attempt = self.attempts.sign_in(&email, caller.source, device, self.ctx.now()).await?;
        let checked = self.check(&email, password).await;
        attempt.settle(&checked);
        if let Err(Error::InvalidCredentials) = checked {
            failed_attempts::log(Attempted::SignIn, caller.source, &email);
            let name = email.replace('\0', "\u{fffd}");
            let actor = AuditActor::unauthenticated(&name, caller.source);
            let target = AuditTarget::singleton("sign-in");
            let action = AuditAction::MemberSignInFailed;
            self.anonymous.record(actor, caller.source, action, target).await;
        }
        self.create_for(&checked?, caller).await
    }

    /// Creates a sign-in for a member who has proved their identity with the password in `member`.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`] if the password has changed since, or the member was deactivated.
    pub(crate) async fn create_for(
        &self,
        member: &Member,
        caller: &Caller,
    ) -> Result<SignedIn, Error> {
        let now = self.ctx.now();
        let token = secret::new();
        let lifetime = self.ctx.config.sign_in_lifetime;
        let sign_in = SignInInfo {
            id: Uuid::now_v7(),
            device: caller.device.clone(),
            source: caller.source.to_string(),
            created_at: now,
            expires_at: now + lifetime,
            current: true,
        };
        let actor = AuditActor::member(member, caller.source);
        let detail = Some(caller.device.clone()).filter(|device| !device.is_empty());
        let entry = self.ctx.entry(actor, AuditAction::MemberSignIn, member, detail);
        let known = self.known_device(caller).await?.filter(|(_, of)| of.id == member.id);
        let device = known.and(caller.device_secret.clone());
        let device = device.unwrap_or_else(|| DeviceSecret(secret::new()));
        let new_device =
            NewDevice { hash: secret::hash(&device.0), expires_at: now + DEVICE_LIFETIME };
        let (sign_ins, hash) = (&self.ctx.store.sign_ins, secret::hash(&token));
        let password = &member.password_hash;
        if !sign_ins.add(member.id, &sign_in, &hash, password, &new_device, &entry).await? {
            return Err(Error::InvalidCredentials);
        }
        sign_ins.remove_expired(now).await?;
        self.ctx.store.devices.remove_expired(now).await?;
        Ok(SignedIn { token, lifetime, device, me: me(member) })
    }

    /// Returns the hash and the member of the caller's device.
    async fn known_device(&self, caller: &Caller) -> Result<Option<([u8; 32], Member)>, Error> {
        let Some(DeviceSecret(secret)) = &caller.device_secret else { return Ok(None) };
        let hash = secret::hash(secret);
        let member = self.ctx.store.devices.member(&hash, self.ctx.now()).await?;
        Ok(member.map(|member| (hash, member)))
    }

    async fn check(&self, email: &str, password: &str) -> Result<Member, Error> {
        // Databases may reject NUL, and no address contains it.
        let plausible = !email.contains('\0');
        let member = if plausible { self.ctx.store.members.by_email(email).await? } else { None };
        let hash = member.as_ref().map(|member| member.password_hash.clone());
        let right = self.passwords.check(password.to_owned(), hash).await?;
        member.filter(|member| right && member.active).ok_or(Error::InvalidCredentials)
    }

    /// Ends the actor's current sign-in and closes its connections.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a token, which is removed instead.
    pub async fn end_current(&self, actor: &Actor) -> Result<(), Error> {
        if actor.scope.is_some() {
            return Err(Error::Forbidden);
        }
        self.remove(actor, actor.sign_in).await.map(drop)
    }

    /// Lists the actor's sign-ins, newest first.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<SignInInfo>, Error> {
        authorize(actor, Action::ManageOwn, Target::Workspace)?;
        let mut all = self.ctx.store.sign_ins.of_member(actor.member, self.ctx.now()).await?;
        for sign_in in &mut all {
            sign_in.current = sign_in.id == actor.sign_in;
        }
        Ok(all)
    }

    /// Ends one of the actor's sign-ins and closes its connections.
    pub async fn end(&self, actor: &Actor, id: Uuid) -> Result<(), Error> {
        let own = self.list(actor).await?.iter().any(|sign_in| sign_in.id == id);
        if own && self.remove(actor, id).await? { Ok(()) } else { Err(Error::NotFound("sign-in")) }
    }

    async fn remove(&self, actor: &Actor, sign_in: Uuid) -> Result<bool, Error> {
        let entry = self.ctx.entry(actor, AuditAction::MemberSignOut, actor, None);
        let ended = self.ctx.store.sign_ins.remove(sign_in, &entry).await?;
        self.connections.tickets().close(Holder::Member(sign_in));
        Ok(ended)
    }

    /// Checks the actor's password. Wrong ones count for this sign-in only, so that strangers who fail to
    /// sign in cannot prevent it.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`], [`Error::Throttled`].
    pub(crate) async fn confirm(&self, actor: &Actor, password: &str) -> Result<(), Error> {
        validate::credentials(&actor.email, password)?;
        let attempt = self.attempts.confirmation(actor.sign_in, self.ctx.now()).await?;
        let checked = self.check(&actor.email, password).await;
        attempt.settle(&checked);
        if let Err(Error::InvalidCredentials) = checked {
            failed_attempts::log(Attempted::Confirmation, actor.source, &actor.email);
        }
        checked.map(drop)
    }

    /// Changes the actor's password and ends all their other sign-ins. Tokens and sessions go on.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], [`Error::Throttled`].
    pub async fn change_password(
        &self,
        actor: &Actor,
        request: ChangePassword,
    ) -> Result<(), Error> {
        authorize(actor, Action::ManageOwn, Target::Workspace)?;
        validate::new_password("new", &request.new)?;
        self.confirm(actor, &request.current).await.map_err(|error| match error {
            // A password too long to check is wrong as well.
            Error::InvalidCredentials | Error::Invalid { .. } => Error::WrongPassword,
            error => error,
        })?;
        let hash = self.passwords.hash(request.new).await?;
        let entry = self.ctx.entry(actor, AuditAction::MemberPassword, actor, None);
        let store = &self.ctx.store;
        store.members.set_password(actor.member, &hash, Some(actor.sign_in), &entry).await?;
        self.connections.recheck().await
    }

    /// Returns the member who holds a sign-in's token.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`].
    pub async fn authenticate(&self, token: &str, source: IpAddr) -> Result<Actor, Error> {
        let found = self.ctx.store.sign_ins.by_hash(&secret::hash(token), self.ctx.now()).await?;
        let (sign_in, member) = found.ok_or(Error::Unauthenticated)?;
        Ok(Actor {
            member: member.id,
            email: member.email,
            name: member.name,
            role: member.role,
            sign_in: sign_in.id,
            until: sign_in.expires_at,
            scope: None,
            source,
        })
    }

    /// Reloads an actor's role during a long operation.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if the sign-in or token has ended.
    pub async fn refresh(&self, actor: Actor) -> Result<Actor, Error> {
        let valid = self.ctx.store.credentials.valid(&[actor.sign_in], self.ctx.now()).await?;
        let now = valid.get(&actor.sign_in).ok_or(Error::Unauthenticated)?;
        Ok(Actor { role: now.role, ..actor })
    }
}
