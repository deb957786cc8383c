//! Administration from the command line of the machine. It works on the database alone, whether or not
//! the server runs; a running server notices the changes within a second.

use protocol::api::{AccountGrant, AuditAction, Grantee, Me, Role};
use store::Store;

use super::grants;
use crate::{
    Clock, Error, NewMember,
    audit::{self, AuditActor, AuditTarget},
    context::LOCAL,
    identity::{accounts, new_member::me, passwords::Passwords},
    validate,
};

/// Adds a member, with grants of accounts of this machine.
///
/// # Errors
/// [`Error::Invalid`], [`Error::UnknownAccount`], [`Error::MemberExists`], [`Error::Unavailable`].
pub async fn add_member(
    store: &Store,
    clock: &dyn Clock,
    new: NewMember,
    role: Role,
    accounts: &[String],
) -> Result<Me, Error> {
    let now = clock.now();
    let member = new.prepare(&Passwords::new().await?, now, role).await?;
    let me = me(&member);
    let by = AuditActor::command_line();
    let mut unique = accounts.to_vec();
    unique.sort();
    unique.dedup();
    let grants = unique.into_iter().map(|account| {
        host::find_account(&account).map_err(|_| unknown_account(&account))?;
        Ok(accounts::new_grant(account, me.id, &me.name, by.name(), now))
    });
    let grants: Vec<AccountGrant> = grants.collect::<Result<_, Error>>()?;
    let target = AuditTarget::member(me.id, &me.name);
    let detail = (!grants.is_empty()).then(|| format!("accounts: {}", accounts.join(", ")));
    let entry = audit::entry(now, &by, AuditAction::MemberJoin, target, detail);
    match store.members.add(&member, &grants, &entry).await {
        Err(store::Error::Duplicate) => Err(Error::MemberExists),
        done => done.map(|()| me).map_err(Error::from),
    }
}

/// Changes a member's password and ends all their sign-ins. Their sessions continue.
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
    let target = AuditTarget::member(member.id, &member.name);
    let (by, action) = (AuditActor::command_line(), AuditAction::MemberPassword);
    let entry = audit::entry(clock.now(), &by, action, target, None);
    store.members.set_password(member.id, &hash, None, &entry).await?;
    Ok(())
}

/// Lists all members.
pub async fn members(store: &Store) -> Result<Vec<Me>, Error> {
    Ok(store.members.list().await?.iter().map(me).collect())
}

/// Grants an account of this machine.
///
/// # Errors
/// [`Error::NotFound`] for the member, [`Error::UnknownAccount`], [`Error::Invalid`] for `root` to a
/// role, [`Error::GrantExists`], [`Error::Unavailable`].
pub async fn grant(
    store: &Store,
    clock: &dyn Clock,
    account: &str,
    to: Grantee,
) -> Result<AccountGrant, Error> {
    let found = host::find_account(account).map_err(|_| unknown_account(account))?;
    grants::add(store, &AuditActor::command_line(), clock.now(), found, to).await
}

/// Revokes the grant of an account of this machine. Running sessions continue.
pub async fn revoke(
    store: &Store,
    clock: &dyn Clock,
    account: &str,
    to: Grantee,
) -> Result<(), Error> {
    let unknown = || Error::NotFound("grant");
    let mut all = store.grants.list(LOCAL).await?.into_iter();
    let grant = all.find(|grant| grant.account == account && grant.to == to).ok_or_else(unknown)?;
    let by = AuditActor::command_line();
    let entry = grants::entry(&grant, AuditAction::GrantRemove, &by, clock.now());
    if store.grants.remove(grant.id, &entry).await? { Ok(()) } else { Err(unknown()) }
}

/// Lists the grants of this machine.
pub async fn grants(store: &Store) -> Result<Vec<AccountGrant>, Error> {
    Ok(store.grants.list(LOCAL).await?)
}

fn unknown_account(account: &str) -> Error {
    Error::UnknownAccount(validate::printable(account))
}
