//! Who may open sessions as which account. As an ordinary user websh has one account to offer, its
//! own; as root it offers what was granted, and `root` itself only where it was granted by name.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AccountGrant, AccountInfo, Grantee, NewGrant, Role, UnusableAccount, limits},
    id::{GrantId, MemberId},
};
use store::Store;
use uuid::Uuid;

use crate::{
    Actor, Clock, Control, Doer, Error, Subject,
    access::{Action, Target, authorize},
    audit,
    sessions::create::LOCAL,
};

/// What a member may open sessions as, and what they could if the machine let them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Offered {
    /// Accounts that can be used.
    pub(crate) usable: Vec<String>,
    /// Those that can't, and why.
    pub(crate) unusable: Vec<UnusableAccount>,
    /// Whether grants decided it.
    pub(crate) by_grant: bool,
}

impl Control {
    /// The grants on a server, by account.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn grants(&self, actor: &Actor, server: String) -> Result<Vec<AccountGrant>, Error> {
        authorize(actor, Action::ManageGrants, Target::Workspace)?;
        known(&server)?;
        Ok(self.inner.store.grants.list(&server).await?)
    }

    /// The accounts of a server that can be granted.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn accounts_of(
        &self,
        actor: &Actor,
        server: String,
    ) -> Result<Vec<AccountInfo>, Error> {
        authorize(actor, Action::ManageGrants, Target::Workspace)?;
        known(&server)?;
        let accounts = host::accounts().into_iter().map(|account| AccountInfo {
            account: account.name,
            shell: account.shell.display().to_string(),
            home: account.home.display().to_string(),
        });
        Ok(accounts.collect())
    }

    /// Grants an account.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`] for server or member, [`Error::UnknownAccount`],
    /// [`Error::Invalid`] for `root` to a role, [`Error::GrantExists`], [`Error::Unavailable`].
    pub async fn grant(
        &self,
        actor: &Actor,
        server: String,
        new: NewGrant,
    ) -> Result<AccountGrant, Error> {
        authorize(actor, Action::ManageGrants, Target::Workspace)?;
        known(&server)?;
        let account = host::find_account(&new.account);
        let account = account.map_err(|_| Error::UnknownAccount(shown(&new.account)))?;
        add(&self.inner.store, &actor.into(), self.now(), server, account, new.to).await
    }

    /// Takes a grant back. Sessions that run go on; whoever is in one by this grant alone is out,
    /// and so are their guests.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn revoke_grant(
        &self,
        actor: &Actor,
        server: String,
        id: GrantId,
    ) -> Result<(), Error> {
        let unknown = || Error::NotFound("grant");
        let all = self.grants(actor, server).await?;
        let grant = all.into_iter().find(|grant| grant.id == id).ok_or_else(unknown)?;
        let entry = told(&grant, "grant.remove", &actor.into(), self.now());
        if !self.inner.store.grants.remove(id, &entry).await? {
            return Err(unknown());
        }
        self.recheck_sign_ins().await?;
        self.settle_shares().await
    }

    /// What an actor may open sessions as on this machine.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(crate) async fn offered(&self, actor: &Actor) -> Result<Offered, Error> {
        let own = host::accounts().into_iter().find(host::Account::is_own);
        match own {
            // Grants play no part where there is no choice.
            Some(own) if own.uid != 0 => {
                return Ok(Offered { usable: vec![own.name], ..Offered::default() });
            }
            _ => {}
        }
        let mut offered = Offered { by_grant: true, ..Offered::default() };
        let grants = self.inner.store.grants.list(LOCAL).await?;
        for account in granted(&grants, actor.member, actor.role) {
            match host::find_account(&account) {
                // An account may have become a second root since it was granted to a role.
                Ok(found) if found.uid == 0 && !by_name(&grants, &account, actor.member) => {}
                Ok(_) => offered.usable.push(account),
                Err(error) => {
                    let reason = reason(error);
                    offered.unusable.push(UnusableAccount { account, reason });
                }
            }
        }
        Ok(offered)
    }

    /// Whether an actor may open sessions as an account of this machine.
    ///
    /// # Errors
    /// [`Error::AccountForbidden`], [`Error::UnknownAccount`], [`Error::SpawnFailed`] with the reason
    /// why one that was granted can't be used, [`Error::Unavailable`].
    pub(crate) async fn may_use(&self, actor: &Actor, account: &str) -> Result<(), Error> {
        let Offered { usable, unusable, .. } = self.offered(actor).await?;
        if usable.iter().any(|name| name == account) {
            return Ok(());
        }
        if let Some(known) = unusable.into_iter().find(|known| known.account == account) {
            return Err(Error::SpawnFailed(known.reason));
        }
        Err(match host::find_account(account) {
            Err(host::Error::UnknownAccount(_)) => Error::UnknownAccount(shown(account)),
            _ => Error::AccountForbidden(shown(account)),
        })
    }

    /// What the first superuser is granted: the service's own account, where it is root and so
    /// nothing is offered without a grant.
    pub(crate) fn first_grant(&self, member: MemberId, name: &str) -> Vec<AccountGrant> {
        let own = host::accounts().into_iter().find(host::Account::is_own);
        let root = own.filter(|account| account.uid == 0);
        root.map(|account| AccountGrant {
            id: GrantId(Uuid::now_v7()),
            server: LOCAL.to_owned(),
            account: account.name,
            to: Grantee::Member(member),
            to_name: name.to_owned(),
            by: "websh".to_owned(),
            created_at: self.now(),
        })
        .into_iter()
        .collect()
    }
}

/// Grants an account of this machine, from the command line.
///
/// # Errors
/// [`Error::NotFound`] for the member, [`Error::UnknownAccount`], [`Error::Invalid`] for `root` to a
/// role, [`Error::GrantExists`], [`Error::Unavailable`].
pub async fn grant_here(
    store: &Store,
    clock: &dyn Clock,
    account: &str,
    to: Grantee,
) -> Result<AccountGrant, Error> {
    let found = host::find_account(account).map_err(|_| Error::UnknownAccount(shown(account)))?;
    add(store, &Doer::command_line(), clock.now(), LOCAL.to_owned(), found, to).await
}

/// Takes back the grant of an account of this machine, from the command line. Sessions that run go on.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Unavailable`].
pub async fn revoke_here(
    store: &Store,
    clock: &dyn Clock,
    account: &str,
    to: Grantee,
) -> Result<(), Error> {
    let unknown = || Error::NotFound("grant");
    let mut all = store.grants.list(LOCAL).await?.into_iter();
    let grant = all.find(|grant| grant.account == account && grant.to == to).ok_or_else(unknown)?;
    let entry = told(&grant, "grant.remove", &Doer::command_line(), clock.now());
    if store.grants.remove(grant.id, &entry).await? { Ok(()) } else { Err(unknown()) }
}

/// The grants of this machine, from the command line.
///
/// # Errors
/// [`Error::Unavailable`].
pub async fn list_here(store: &Store) -> Result<Vec<AccountGrant>, Error> {
    Ok(store.grants.list(LOCAL).await?)
}

async fn add(
    store: &Store,
    doer: &Doer,
    now: DateTime<Utc>,
    server: String,
    account: host::Account,
    to: Grantee,
) -> Result<AccountGrant, Error> {
    let to_name = match to {
        Grantee::Member(id) => store.members.get(id).await?.ok_or(Error::NotFound("member"))?.name,
        Grantee::Role(_) if account.uid == 0 => {
            let said = "root is granted to members by name, never to a role.";
            return Err(Error::invalid("to", said));
        }
        Grantee::Role(role) => format!("{role:?}").to_lowercase(),
    };
    let grant = AccountGrant {
        id: GrantId(Uuid::now_v7()),
        server,
        account: account.name,
        to,
        to_name,
        by: doer.name().to_owned(),
        created_at: now,
    };
    let entry = told(&grant, "grant.add", doer, now);
    match store.grants.add(&grant, &entry).await {
        Err(store::Error::Duplicate) => Err(Error::GrantExists),
        done => done.map(|()| grant).map_err(Error::from),
    }
}

/// Grants of accounts to a new member, from the command line.
///
/// # Errors
/// [`Error::UnknownAccount`].
pub(crate) fn for_new_member(
    member: MemberId,
    name: &str,
    accounts: &[String],
    now: DateTime<Utc>,
) -> Result<Vec<AccountGrant>, Error> {
    let mut accounts = accounts.to_vec();
    accounts.sort();
    accounts.dedup();
    let grants = accounts.into_iter().map(|account| {
        host::find_account(&account).map_err(|_| Error::UnknownAccount(shown(&account)))?;
        Ok(AccountGrant {
            id: GrantId(Uuid::now_v7()),
            server: LOCAL.to_owned(),
            account,
            to: Grantee::Member(member),
            to_name: name.to_owned(),
            by: Doer::command_line().name().to_owned(),
            created_at: now,
        })
    });
    grants.collect()
}

/// Accounts granted to a member, by name or by role, each once.
pub(crate) fn granted(grants: &[AccountGrant], member: MemberId, role: Role) -> Vec<String> {
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

fn by_name(grants: &[AccountGrant], account: &str, member: MemberId) -> bool {
    grants.iter().any(|grant| grant.account == account && grant.to == Grantee::Member(member))
}

/// What the audit log says of a grant.
pub(crate) fn told(
    grant: &AccountGrant,
    action: &str,
    doer: &Doer,
    now: DateTime<Utc>,
) -> protocol::api::AuditEntry {
    let subject = Subject::new("grant", &grant.id, &grant.account);
    let kind = match grant.to {
        Grantee::Member(_) => "member",
        Grantee::Role(_) => "role",
    };
    audit::entry(now, doer, action, subject, Some(format!("{kind}: {}", grant.to_name)))
}

fn known(server: &str) -> Result<(), Error> {
    if server == LOCAL { Ok(()) } else { Err(Error::NotFound("server")) }
}

/// A name from outside, as far as it can be shown.
pub(crate) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(limits::MAX_SHOWN).collect()
}

/// Why a granted account can't be used.
fn reason(error: host::Error) -> String {
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
    fn what_is_granted_by_name_and_by_role() {
        let member = |number| MemberId(Uuid::from_u128(number));
        let grants = [
            grant("deploy", Grantee::Role(Role::Staff)),
            grant("guest", Grantee::Role(Role::Member)),
            grant("guest", Grantee::Member(member(1))),
            grant("root", Grantee::Member(member(1))),
            grant("root", Grantee::Role(Role::Member)),
        ];
        for (who, role, expected) in [
            (1, Role::Member, vec!["guest", "root"]),
            (2, Role::Member, vec!["guest", "root"]),
            (2, Role::Staff, vec!["deploy", "guest", "root"]),
            (2, Role::Superuser, vec!["deploy", "guest", "root"]),
        ] {
            assert_eq!(granted(&grants, member(who), role), expected, "{who} {role:?}");
        }
        assert!(granted(&grants[3..4], member(2), Role::Superuser).is_empty());
        assert!(by_name(&grants, "root", member(1)) && !by_name(&grants, "root", member(2)));
    }
}
