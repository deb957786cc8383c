//! Administration from the command line of the machine. It works on the database alone, whether or not
//! the server runs; a running server notices the changes within a second.

use std::collections::BTreeSet;

use protocol::api::{AccountGrant, AuditAction, Grantee, Me, Role};
use store::Store;

use super::grants;
use crate::{
    Clock, Error, NewMember,
    audit::{self, AuditActor},
    context::LOCAL,
    identity::{accounts, new_member::me, passwords::Passwords},
    validate,
};

/// Adds a member and grants it accounts of this machine.
///
/// # Errors
/// [`Error::UnknownAccount`], [`Error::MemberExists`].
pub async fn add_member(
    store: &Store,
    clock: &dyn Clock,
    new: NewMember,
    role: Role,
    accounts: &[String],
) -> Result<Me, Error> {
    let now = clock.now();
    let member = new.prepare(&Passwords::new().await?, now, role).await?;
    let by = AuditActor::command_line();
    let unique: BTreeSet<&String> = accounts.iter().collect();
    let grants = unique.into_iter().map(|account| {
        let account = grants::find_account(account)?.name;
        Ok(accounts::new_grant(account, Grantee::Member(member.id), &member.name, by.name(), now))
    });
    let grants: Vec<AccountGrant> = grants.collect::<Result<_, Error>>()?;
    let detail = (!grants.is_empty()).then(|| format!("accounts: {}", accounts.join(", ")));
    let entry = audit::entry(now, by, AuditAction::MemberJoin, &member, detail);
    match store.members.add(&member, &grants, &entry).await {
        Err(store::Error::Duplicate) => Err(Error::MemberExists),
        done => Ok(done.map(|()| me(&member))?),
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
    let (by, action) = (AuditActor::command_line(), AuditAction::MemberPassword);
    let entry = audit::entry(clock.now(), by, action, &member, None);
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
/// [`Error::UnknownAccount`], [`Error::Invalid`] for `root` to a role, [`Error::GrantExists`].
pub async fn grant(
    store: &Store,
    clock: &dyn Clock,
    account: &str,
    to: Grantee,
) -> Result<AccountGrant, Error> {
    let found = grants::find_account(account)?;
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
