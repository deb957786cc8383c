//! Members: the first one by the set-up token, others by links or the command line, and what is
//! changed of them.

use std::{collections::HashMap, fmt, sync::PoisonError};

use chrono::{DateTime, Utc};
use protocol::{
    api::{self, AuditEntry, ChangeMember, Me, Role},
    id::MemberId,
};
use store::{Member, MemberChange, Store};
use uuid::Uuid;

use crate::{
    Actor, Caller, Clock, Control, Doer, Error, Subject,
    access::{Action, Target, authorize},
    admin::grants,
    audit,
    identity::passwords::Passwords,
    secret, validate,
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

impl Control {
    /// How many members there are who can come in.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn active_members(&self) -> Result<usize, Error> {
        let all = self.inner.store.members.list().await?;
        Ok(all.iter().filter(|member| member.active).count())
    }

    /// While there is no member: a new token that makes whoever has it the first superuser. An
    /// earlier one stops working.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn offer_set_up(&self) -> Result<Option<String>, Error> {
        let token = (!self.inner.store.members.any().await?).then(secret::new);
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
        let grants = self.first_grant(me.id, &me.name);
        let entry = audit::entry(self.now(), &doer, "member.join", subject, None);
        let first = self.inner.store.members.add_first(&member, &grants, &entry).await?;
        *self.inner.set_up.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if first { Ok(me) } else { Err(Error::NotFound("set-up link")) }
    }

    /// Whether the set-up token is still waiting to be used.
    #[must_use]
    pub fn awaits_set_up(&self) -> bool {
        self.inner.set_up.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// All members, by address.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Unavailable`].
    pub async fn members(&self, actor: &Actor) -> Result<Vec<api::Member>, Error> {
        authorize(actor, Action::ManageMembers, Target::Workspace)?;
        let members = self.inner.store.members.list().await?;
        let mut running: HashMap<MemberId, u32> = HashMap::new();
        for row in self.inner.store.sessions.living().await? {
            *running.entry(row.owner).or_default() += 1;
        }
        let sessions = |id| running.get(&id).copied().unwrap_or_default();
        Ok(members.into_iter().map(|member| shown(&member, sessions(member.id))).collect())
    }

    /// Changes a member: name, role, whether they are let in. Everybody may change their own name.
    /// Deactivating closes what they have open; their sessions go on without them.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::LastSuperuser`],
    /// [`Error::Unavailable`].
    pub async fn change_member(
        &self,
        actor: &Actor,
        id: MemberId,
        change: ChangeMember,
    ) -> Result<api::Member, Error> {
        // The own name is one's own; the own role and access are not.
        let own = id == actor.member && change.role.is_none() && change.active.is_none();
        let action = if own { Action::ManageOwn } else { Action::ManageMembers };
        authorize(actor, action, Target::Workspace)?;
        let name = change.name.as_deref().map(|name| validate::label("name", name)).transpose()?;
        let change = ChangeMember { name, ..change };
        let unknown = || Error::NotFound("member");
        let before = self.inner.store.members.get(id).await?.ok_or_else(unknown)?;
        let entries = told(&before, &change, &actor.into(), self.now());
        match self.inner.store.members.change(id, &change, &entries).await? {
            MemberChange::Done => {}
            MemberChange::NotFound => return Err(unknown()),
            MemberChange::LastSuperuser => return Err(Error::LastSuperuser),
        }
        self.recheck_sign_ins().await?;
        // Guests go with whoever let them in, or with the account that a role gave.
        if change.active == Some(false) || change.role.is_some() {
            self.settle_shares().await?;
        }
        self.announce(id);
        let after = self.inner.store.members.get(id).await?.ok_or_else(unknown)?;
        let sessions = self.inner.store.sessions.count_living(Some(id)).await?;
        Ok(shown(&after, u32::try_from(sessions).unwrap_or(u32::MAX)))
    }
}

/// The entries that a change deserves: one for each thing that is not as it was.
fn told(
    before: &Member,
    change: &ChangeMember,
    doer: &Doer,
    now: DateTime<Utc>,
) -> Vec<AuditEntry> {
    let word = |role: Role| format!("{role:?}").to_lowercase();
    let name = change.name.as_ref().filter(|name| **name != before.name);
    let role = change.role.filter(|role| *role != before.role);
    let active = change.active.filter(|active| *active != before.active);
    let changes = [
        name.map(|name| ("member.name", Some(format!("{} → {name}", before.name)))),
        role.map(|role| ("member.role", Some(format!("{} → {}", word(before.role), word(role))))),
        active.map(|active| (if active { "member.activate" } else { "member.deactivate" }, None)),
    ];
    let entry = |(action, detail): (&str, _)| {
        let subject = Subject::member(before.id, &before.name);
        audit::entry(now, doer, action, subject, detail)
    };
    changes.into_iter().flatten().map(entry).collect()
}

fn shown(member: &Member, sessions: u32) -> api::Member {
    api::Member {
        id: member.id,
        email: member.email.clone(),
        name: member.name.clone(),
        role: member.role,
        active: member.active,
        created_at: member.created_at,
        signed_in_at: member.signed_in_at,
        sessions,
    }
}

/// Adds a member, from the command line, with accounts of this machine granted to them.
///
/// # Errors
/// [`Error::Invalid`], [`Error::UnknownAccount`], [`Error::MemberExists`], [`Error::Unavailable`].
pub async fn add(
    store: &Store,
    clock: &dyn Clock,
    new: NewMember,
    role: Role,
    accounts: &[String],
) -> Result<Me, Error> {
    let member = prepare(&Passwords::new().await?, clock.now(), new, role).await?;
    let me = me(&member);
    let grants = grants::for_new_member(me.id, &me.name, accounts, clock.now())?;
    let subject = Subject::member(me.id, &me.name);
    let detail = (!grants.is_empty()).then(|| format!("accounts: {}", accounts.join(", ")));
    let entry = audit::entry(clock.now(), &Doer::command_line(), "member.join", subject, detail);
    match store.members.add(&member, &grants, &entry).await {
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
    validate::new_password("password", password)?;
    let member = store.members.by_email(&email).await?.ok_or(Error::NotFound("member"))?;
    let hash = Passwords::new().await?.hash(password.to_owned()).await?;
    let subject = Subject::member(member.id, &member.name);
    let doer = Doer::command_line();
    let entry = audit::entry(clock.now(), &doer, "member.password", subject, None);
    store.members.set_password(member.id, &hash, None, &entry).await?;
    Ok(())
}

/// All members, for the command line.
///
/// # Errors
/// [`Error::Unavailable`].
pub async fn list(store: &Store) -> Result<Vec<Me>, Error> {
    Ok(store.members.list().await?.iter().map(me).collect())
}

pub(crate) async fn prepare(
    passwords: &Passwords,
    now: DateTime<Utc>,
    new: NewMember,
    role: Role,
) -> Result<Member, Error> {
    let email = validate::email(&new.email)?;
    let name = validate::label("name", &new.name)?;
    validate::new_password("password", &new.password)?;
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

pub(crate) fn me(member: &Member) -> Me {
    Me { id: member.id, email: member.email.clone(), name: member.name.clone(), role: member.role }
}
