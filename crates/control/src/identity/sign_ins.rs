//! Signing in and out: passwords that are checked, sign-ins that are made, listed and ended.

use std::{fmt, net::IpAddr};

use chrono::TimeDelta;
use protocol::api::{ChangePassword, Me, SignInInfo};
use store::{Member, SignIn};
use uuid::Uuid;

use crate::{
    Actor, Control, Doer, Error, Subject,
    access::{Action, Target, authorize},
    admin::members::me,
    audit,
    identity::tickets::Holder,
    secret, validate,
};

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
        let member = match checked {
            Err(Error::InvalidCredentials) => {
                let doer = Doer::stranger(&email.replace('\0', "\u{fffd}"), caller.source);
                let subject = Subject::only("sign-in");
                // It is refused either way.
                let _ = self.audit(&doer, "member.sign_in_failed", subject, None).await;
                return Err(Error::InvalidCredentials);
            }
            checked => checked?,
        };
        self.let_in(&member, caller).await
    }

    /// Makes a sign-in for a member who has shown who they are, by the password that `member` has.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`] when they have another one by now or may not come in any more.
    pub(crate) async fn let_in(&self, member: &Member, caller: &Caller) -> Result<SignedIn, Error> {
        let now = self.now();
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
        if !self.inner.store.sign_ins.add(&sign_in, &member.password_hash, &entry).await? {
            return Err(Error::InvalidCredentials);
        }
        self.inner.store.sign_ins.remove_expired(now).await?;
        Ok(SignedIn { token, lasts, me: me(member) })
    }

    async fn check(&self, email: &str, password: &str) -> Result<Member, Error> {
        // A database may refuse NUL as such, and nobody has it in their address.
        let plausible = !email.contains('\0');
        let member = if plausible { self.inner.store.members.by_email(email).await? } else { None };
        let hash = member.as_ref().map(|member| member.password_hash.clone());
        let right = self.inner.passwords.check(password.to_owned(), hash).await?;
        member.filter(|member| right && member.active).ok_or(Error::InvalidCredentials)
    }

    /// Ends the actor's sign-in and closes what is open by it.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; the sign-in is still good then.
    pub async fn sign_out(&self, actor: &Actor) -> Result<(), Error> {
        // A token is removed, not signed out.
        if actor.scope.is_some() {
            return Err(Error::Forbidden);
        }
        self.end_one(actor, actor.sign_in).await.map(drop)
    }

    /// Where the actor is signed in, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Unavailable`].
    pub async fn sign_ins(&self, actor: &Actor) -> Result<Vec<SignInInfo>, Error> {
        authorize(actor, Action::ManageOwn, Target::Workspace)?;
        let all = self.inner.store.sign_ins.of_member(actor.member, self.now()).await?;
        let all = all.into_iter().map(|sign_in| SignInInfo {
            id: sign_in.id,
            device: sign_in.device,
            source: sign_in.source,
            created_at: sign_in.created_at,
            expires_at: sign_in.expires_at,
            current: sign_in.id == actor.sign_in,
        });
        Ok(all.collect())
    }

    /// Ends one of the actor's sign-ins and closes what is open by it.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`] also for somebody else's, [`Error::Unavailable`].
    pub async fn end_sign_in(&self, actor: &Actor, id: Uuid) -> Result<(), Error> {
        let all = self.sign_ins(actor).await?;
        let own = all.iter().any(|sign_in| sign_in.id == id);
        if own && self.end_one(actor, id).await? { Ok(()) } else { Err(Error::NotFound("sign-in")) }
    }

    async fn end_one(&self, actor: &Actor, sign_in: Uuid) -> Result<bool, Error> {
        let subject = Subject::member(actor.member, &actor.name);
        let entry = audit::entry(self.now(), &actor.into(), "member.sign_out", subject, None);
        let ended = self.inner.store.sign_ins.remove(sign_in, &entry).await?;
        self.doors().shut(Holder::Member(sign_in));
        Ok(ended)
    }

    /// Whether this is the actor's password. Wrong ones count as failed sign-ins do.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`], [`Error::Throttled`], [`Error::Busy`], [`Error::Invalid`].
    pub(crate) async fn confirm(&self, actor: &Actor, password: &str) -> Result<(), Error> {
        validate::credentials(&actor.email, password)?;
        let now = self.now();
        self.inner.by_account.take(actor.email.clone(), now).map_err(Error::Throttled)?;
        let checked = self.check(&actor.email, password).await;
        if !matches!(checked, Err(Error::InvalidCredentials)) {
            self.inner.by_account.give_back(&actor.email);
        }
        checked.map(drop)
    }

    /// Changes the actor's password and ends all their other sign-ins. Tokens and sessions go on.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], [`Error::Forbidden`], [`Error::Throttled`], [`Error::Busy`],
    /// [`Error::Invalid`], [`Error::Unavailable`].
    pub async fn change_own_password(
        &self,
        actor: &Actor,
        given: ChangePassword,
    ) -> Result<(), Error> {
        authorize(actor, Action::ManageOwn, Target::Workspace)?;
        validate::new_password("new", &given.new)?;
        self.confirm(actor, &given.current).await.map_err(|error| match error {
            // One that is too long to be looked at is not theirs either.
            Error::InvalidCredentials | Error::Invalid { .. } => Error::WrongPassword,
            error => error,
        })?;
        let hash = self.inner.passwords.hash(given.new).await?;
        let subject = Subject::member(actor.member, &actor.name);
        let entry = audit::entry(self.now(), &actor.into(), "member.password", subject, None);
        let store = &self.inner.store;
        store.members.set_password(actor.member, &hash, Some(actor.sign_in), &entry).await?;
        self.recheck_sign_ins().await
    }

    /// Who holds a sign-in's token.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::Unavailable`].
    pub async fn who(&self, token: &str, source: IpAddr) -> Result<Actor, Error> {
        let found = self.inner.store.sign_ins.by_hash(&secret::hash(token), self.now()).await?;
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

    /// An actor as they are by now: for what takes long.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when what they came in by is over, [`Error::Unavailable`].
    pub async fn again(&self, actor: Actor) -> Result<Actor, Error> {
        let standing = self.inner.store.credentials.valid(&[actor.sign_in], self.now()).await?;
        let now = standing.get(&actor.sign_in).ok_or(Error::Unauthenticated)?;
        Ok(Actor { role: now.role, ..actor })
    }
}
