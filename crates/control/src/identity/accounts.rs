//! Accounts of this machine that a member may use. Without root websh offers its own account only. As
//! root it offers the granted accounts, and `root` itself only if it is granted to the member by name.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AccountGrant, Grantee, Role, Server, UnusableAccount},
    id::{GrantId, MemberId},
};
use uuid::Uuid;

use crate::{
    Actor, Error,
    context::{Context, LOCAL},
    error::accounts_unavailable,
    validate,
};

/// Accounts that a member may have a shell as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AllowedAccounts {
    /// Grants do not apply: there is one account, or the holder is a guest.
    All,
    Granted(Vec<String>),
}

impl AllowedAccounts {
    pub(crate) fn new(grants: Option<&[AccountGrant]>, member: MemberId, role: Role) -> Self {
        grants.map_or(Self::All, |all| Self::Granted(granted(all, member, role)))
    }

    pub(crate) fn allow(&self, account: &str) -> bool {
        match self {
            Self::All => true,
            Self::Granted(names) => names.iter().any(|name| name == account),
        }
    }
}

/// Returns this machine with the accounts that an actor may create sessions as.
pub(crate) async fn offered(ctx: &Context, actor: &Actor) -> Result<Server, Error> {
    let mut offered = Server {
        id: LOCAL.to_owned(),
        name: ctx.config.server_name.clone(),
        online: ctx.host.online().is_ok(),
        accounts: Vec::new(),
        unusable: Vec::new(),
        by_grant: true,
    };
    if let Some(own) = own_account()?.filter(|own| own.uid != 0) {
        return Ok(Server { accounts: vec![own.name], by_grant: false, ..offered });
    }
    let grants = ctx.store.grants.list(LOCAL).await?;
    for account in granted(&grants, actor.member, actor.role) {
        match host::find_account(&account) {
            // An account may have become a second root since it was granted to a role.
            Ok(found) if found.uid == 0 && !granted_by_name(&grants, &account, actor.member) => {}
            Ok(_) => offered.accounts.push(account),
            Err(error) => {
                if let Some(error) = accounts_unavailable(&error) {
                    return Err(error);
                }
                let reason = unusable_reason(error);
                offered.unusable.push(UnusableAccount { account, reason });
            }
        }
    }
    Ok(offered)
}

/// Checks that an actor may create sessions as an account.
///
/// # Errors
/// [`Error::AccountForbidden`], [`Error::UnknownAccount`]; [`Error::SpawnFailed`] with the reason if
/// the account is granted but unusable; [`Error::AccountsUnavailable`].
pub(crate) async fn require_usable(
    ctx: &Context,
    actor: &Actor,
    account: &str,
) -> Result<(), Error> {
    let Server { accounts, unusable, .. } = offered(ctx, actor).await?;
    if accounts.iter().any(|name| name == account) {
        return Ok(());
    }
    if let Some(known) = unusable.into_iter().find(|known| known.account == account) {
        return Err(Error::SpawnFailed(known.reason));
    }
    let printable = validate::printable(account);
    Err(match host::find_account(account) {
        Err(host::Error::UnknownAccount(_)) => Error::UnknownAccount(printable),
        Err(error) => accounts_unavailable(&error).unwrap_or(Error::AccountForbidden(printable)),
        Ok(_) => Error::AccountForbidden(printable),
    })
}

/// Checks that the account of a running session is still granted to the actor.
///
/// # Errors
/// [`Error::AccountForbidden`].
pub(crate) async fn require_granted(
    ctx: &Context,
    actor: &Actor,
    account: &str,
) -> Result<(), Error> {
    let grants = effective_grants(ctx).await?;
    if AllowedAccounts::new(grants.as_deref(), actor.member, actor.role).allow(account) {
        return Ok(());
    }
    Err(Error::AccountForbidden(validate::printable(account)))
}

/// Returns the grants of this machine, or none if websh cannot change accounts and grants do not apply.
pub(crate) async fn effective_grants(ctx: &Context) -> Result<Option<Vec<AccountGrant>>, Error> {
    if !host::can_switch_accounts() {
        return Ok(None);
    }
    Ok(Some(ctx.store.grants.list(LOCAL).await?))
}

/// Returns the grants of the first superuser: the service's own account if that is root, because root
/// offers no account without a grant.
pub(crate) fn first_grant(
    ctx: &Context,
    member: MemberId,
    name: &str,
) -> Result<Vec<AccountGrant>, Error> {
    let root = own_account()?.filter(|account| account.uid == 0);
    let to = Grantee::Member(member);
    let grant = root.map(|account| new_grant(account.name, to, name, "websh", ctx.now()));
    Ok(grant.into_iter().collect())
}

pub(crate) fn new_grant(
    account: String,
    to: Grantee,
    to_name: &str,
    by: &str,
    now: DateTime<Utc>,
) -> AccountGrant {
    AccountGrant {
        id: GrantId(Uuid::now_v7()),
        server: LOCAL.to_owned(),
        account,
        to,
        to_name: to_name.to_owned(),
        by: by.to_owned(),
        created_at: now,
    }
}

fn own_account() -> Result<Option<host::Account>, Error> {
    let accounts = host::accounts()
        .map_err(|error| accounts_unavailable(&error).unwrap_or(Error::AccountsUnavailable))?;
    Ok(accounts.into_iter().find(host::Account::is_own))
}

/// Returns the accounts granted to a member, by name or by role, without duplicates.
fn granted(grants: &[AccountGrant], member: MemberId, role: Role) -> Vec<String> {
    let mut accounts: Vec<String> = grants
        .iter()
        .filter(|grant| match grant.to {
            Grantee::Member(id) => id == member,
            Grantee::Role(least) => role >= least,
        })
        .map(|grant| grant.account.clone())
        .collect();
    accounts.sort();
    accounts.dedup();
    accounts
}

fn granted_by_name(grants: &[AccountGrant], account: &str, member: MemberId) -> bool {
    grants.iter().any(|grant| grant.account == account && grant.to == Grantee::Member(member))
}

/// Turns the reason of the host into a sentence.
fn unusable_reason(error: host::Error) -> String {
    match error {
        host::Error::UnusableAccount { reason, .. } => {
            let mut rest = reason.trim_end_matches('.').chars();
            let first = rest.next().into_iter().flat_map(char::to_uppercase);
            format!("{}.", first.chain(rest).collect::<String>())
        }
        _ => "There is no such account on this machine.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn grant(account: &str, to: Grantee) -> AccountGrant {
        AccountGrant {
            id: GrantId(Uuid::from_u128(1)),
            server: LOCAL.into(),
            account: account.into(),
            to,
            to_name: String::new(),
            by: String::new(),
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn accounts_are_granted_by_name_and_by_role() {
        let member = |number| MemberId(Uuid::from_u128(number));
        let grants = [
            grant("deploy", Grantee::Role(Role::Staff)),
            grant("guest", Grantee::Role(Role::Member)),
            grant("guest", Grantee::Member(member(1))),
            grant("root", Grantee::Member(member(1))),
            grant("root", Grantee::Role(Role::Member)),
        ];
        for (number, role, expected) in [
            (1, Role::Member, vec!["guest", "root"]),
            (2, Role::Member, vec!["guest", "root"]),
            (2, Role::Staff, vec!["deploy", "guest", "root"]),
            (2, Role::Superuser, vec!["deploy", "guest", "root"]),
        ] {
            assert_eq!(granted(&grants, member(number), role), expected, "{number} {role:?}");
        }
        assert!(granted(&grants[3..4], member(2), Role::Superuser).is_empty());
        let by_name = |number| granted_by_name(&grants, "root", member(number));
        assert!(by_name(1) && !by_name(2));
    }
}
