//! Members and their sign-ins: the first one by the set-up token, others by the command line.

use std::{fmt, net::IpAddr, sync::PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use protocol::{
    api::{Me, Role},
    id::MemberId,
};
use store::{Member, SignIn, Store};
use uuid::Uuid;

use crate::{
    Actor, Clock, Control, Doer, Error, Subject, audit, passwords::Passwords, secret, validate,
};

/// Somebody who is to become a member.
#[derive(Clone)]
pub struct NewMember {
    /// E-mail address.
    pub email: String,
    /// Name shown to others.
    pub name: String,
    /// Password, 12–128 characters.
    pub password: String,
}

impl fmt::Debug for NewMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewMember").field("email", &self.email).finish_non_exhaustive()
    }
}

/// Where a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The address.
    pub source: IpAddr,
    /// The browser or program, such as `Firefox on Linux`.
    pub device: String,
}

/// A fresh sign-in.
#[derive(Clone)]
pub struct SignedIn {
    /// The secret for the cookie.
    pub token: String,
    /// How long it works.
    pub lasts: TimeDelta,
    /// Whose it is.
    pub me: Me,
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("me", &self.me).finish_non_exhaustive()
    }
}

impl Control {
    /// While there is no member: a new token that makes whoever has it the first superuser. An
    /// earlier one stops working.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn offer_set_up(&self) -> Result<Option<String>, Error> {
        let token = (!self.inner.store.has_members().await?).then(secret::new);
        *self.inner.set_up.lock().unwrap_or_else(PoisonError::into_inner) =
            token.as_deref().map(secret::hash);
        Ok(token)
    }

    /// Makes the first superuser.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a wrong token and ever after; [`Error::Invalid`] leaves the token as
    /// it is.
    pub async fn set_up(&self, token: &str, new: NewMember, caller: &Caller) -> Result<Me, Error> {
        let offered = *self.inner.set_up.lock().unwrap_or_else(PoisonError::into_inner);
        // Hashes of secrets of 256 bits: how long comparing them takes tells nothing.
        if offered != Some(secret::hash(token)) {
            return Err(Error::NotFound("set-up link"));
        }
        let member = prepare(&self.inner.passwords, self.now(), new, Role::Superuser).await?;
        let me = me(&member);
        let doer = Doer::member(me.id, &me.name, caller.source);
        let subject = Subject::member(me.id, &me.name);
        let entry = audit::entry(self.now(), &doer, "member.join", subject, None);
        let first = self.inner.store.add_first_member(&member, &[], &entry).await?;
        *self.inner.set_up.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if first { Ok(me) } else { Err(Error::NotFound("set-up link")) }
    }

    /// Whether the set-up token is still waiting to be used.
    #[must_use]
    pub fn awaits_set_up(&self) -> bool {
        self.inner.set_up.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Signs a member in. Unknown addresses are answered as wrong passwords are, and as late.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`], [`Error::Throttled`], [`Error::Busy`], [`Error::Invalid`].
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        caller: &Caller,
    ) -> Result<SignedIn, Error> {
        let email = validate::credentials(email, password)?;
        let now = self.now();
        let throttled = |seconds| Error::Throttled(seconds);
        let source = caller.source.into();
        self.inner.by_source.take(source, now).map_err(throttled)?;
        self.inner.by_account.take(email.clone(), now).map_err(throttled)?;
        let checked = self.check(&email, password).await;
        if !matches!(checked, Err(Error::InvalidCredentials)) {
            self.inner.by_source.give_back(&source);
            self.inner.by_account.give_back(&email);
        }
        let member = checked?;
        let token = secret::new();
        let lasts = self.inner.settings.sign_in_lifetime;
        let sign_in = SignIn {
            id: Uuid::now_v7(),
            member: member.id,
            token_hash: secret::hash(&token),
            created_at: now,
            expires_at: now + lasts,
            device: caller.device.clone(),
            source: caller.source.to_string(),
        };
        let doer = Doer::member(member.id, &member.name, caller.source);
        let subject = Subject::member(member.id, &member.name);
        let detail = Some(caller.device.clone()).filter(|device| !device.is_empty());
        let entry = audit::entry(now, &doer, "member.sign_in", subject, detail);
        self.inner.store.add_sign_in(&sign_in, &entry).await?;
        self.inner.store.remove_expired_sign_ins(now).await?;
        Ok(SignedIn { token, lasts, me: me(&member) })
    }

    async fn check(&self, email: &str, password: &str) -> Result<Member, Error> {
        let member = self.inner.store.member_by_email(email).await?;
        let hash = member.as_ref().map(|member| member.password_hash.clone());
        let right = self.inner.passwords.check(password.to_owned(), hash).await?;
        member.filter(|member| right && member.active).ok_or(Error::InvalidCredentials)
    }

    /// Ends the actor's sign-in and closes what is open by it.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; the sign-in is still good then.
    pub async fn sign_out(&self, actor: &Actor) -> Result<(), Error> {
        let subject = Subject::member(actor.member, &actor.name);
        let entry = audit::entry(self.now(), &actor.into(), "member.sign_out", subject, None);
        self.inner.store.remove_sign_in(actor.sign_in, &entry).await?;
        self.doors().shut(actor.sign_in);
        Ok(())
    }

    /// Who holds a sign-in's token.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::Unavailable`].
    pub async fn who(&self, token: &str, source: IpAddr) -> Result<Actor, Error> {
        let found = self.inner.store.sign_in(&secret::hash(token), self.now()).await?;
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
}

/// Adds a member, from the command line.
///
/// # Errors
/// [`Error::Invalid`], [`Error::MemberExists`], [`Error::Unavailable`].
pub async fn add(
    store: &Store,
    clock: &dyn Clock,
    new: NewMember,
    role: Role,
) -> Result<Me, Error> {
    let member = prepare(&Passwords::new().await?, clock.now(), new, role).await?;
    let me = me(&member);
    let subject = Subject::member(me.id, &me.name);
    let entry = audit::entry(clock.now(), &Doer::command_line(), "member.join", subject, None);
    match store.add_member(&member, &[], &entry).await {
        Err(store::Error::Duplicate) => Err(Error::MemberExists),
        other => other.map(|()| me).map_err(Error::from),
    }
}

/// Changes a member's password and ends all their sign-ins, from the command line. Their sessions
/// go on.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Invalid`], [`Error::Unavailable`].
pub async fn change_password(
    store: &Store,
    clock: &dyn Clock,
    email: &str,
    password: &str,
) -> Result<(), Error> {
    let email = validate::email(email)?;
    validate::new_password(password)?;
    let member = store.member_by_email(&email).await?.ok_or(Error::NotFound("member"))?;
    let hash = Passwords::new().await?.hash(password.to_owned()).await?;
    let subject = Subject::member(member.id, &member.name);
    let doer = Doer::command_line();
    let entry = audit::entry(clock.now(), &doer, "member.password", subject, None);
    store.set_password(member.id, &hash, None, &entry).await?;
    Ok(())
}

/// All members, for the command line.
///
/// # Errors
/// [`Error::Unavailable`].
pub async fn list(store: &Store) -> Result<Vec<Me>, Error> {
    Ok(store.members().await?.iter().map(me).collect())
}

async fn prepare(
    passwords: &Passwords,
    now: DateTime<Utc>,
    new: NewMember,
    role: Role,
) -> Result<Member, Error> {
    let email = validate::email(&new.email)?;
    let name = validate::label("name", &new.name)?;
    validate::new_password(&new.password)?;
    Ok(Member {
        id: MemberId(Uuid::now_v7()),
        email,
        name,
        role,
        password_hash: passwords.hash(new.password).await?,
        created_at: now,
        active: true,
        signed_in_at: None,
    })
}

fn me(member: &Member) -> Me {
    Me { id: member.id, email: member.email.clone(), name: member.name.clone(), role: member.role }
}
