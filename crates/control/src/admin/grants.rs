//! Account grants as superusers manage them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use protocol::{
    api::{AccountGrant, AccountInfo, AuditAction, AuditEntry, Grantee, NewGrant},
    id::GrantId,
};
use store::Store;

use crate::{
    Actor, Error,
    access::{Action, Target, authorize},
    audit::{self, AuditActor, AuditTarget},
    context::{Context, LOCAL},
    error::accounts_unavailable,
    identity::{accounts, connections::Connections},
    sharing::shares::Shares,
    validate,
};

/// Grants of accounts to members and roles.
pub struct Grants {
    pub(crate) ctx: Arc<Context>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) shares: Arc<Shares>,
}

impl Grants {
    /// Lists the grants on a server, by account.
    pub async fn list(&self, actor: &Actor, server: String) -> Result<Vec<AccountGrant>, Error> {
        authorize_on_server(actor, &server)?;
        Ok(self.ctx.store.grants.list(&server).await?)
    }

    /// Lists the accounts of a server that can be granted.
    pub async fn accounts(&self, actor: &Actor, server: String) -> Result<Vec<AccountInfo>, Error> {
        authorize_on_server(actor, &server)?;
        let accounts = host::accounts()
            .map_err(|error| accounts_unavailable(&error).unwrap_or(Error::AccountsUnavailable))?;
        let accounts = accounts.into_iter().map(|account| AccountInfo {
            account: account.name,
            shell: account.shell.display().to_string(),
            home: account.home.display().to_string(),
        });
        Ok(accounts.collect())
    }

    /// Grants an account.
    ///
    /// # Errors
    /// [`Error::UnknownAccount`], [`Error::Invalid`] for `root` to a role, [`Error::GrantExists`].
    pub async fn create(
        &self,
        actor: &Actor,
        server: String,
        new: NewGrant,
    ) -> Result<AccountGrant, Error> {
        authorize_on_server(actor, &server)?;
        let account = find_account(&new.account)?;
        add(&self.ctx.store, &actor.into(), self.ctx.now(), account, new.to).await
    }

    /// Revokes a grant. Running sessions continue, but connections that depend on the grant are closed,
    /// including those of guests.
    pub async fn revoke(&self, actor: &Actor, server: String, id: GrantId) -> Result<(), Error> {
        let unknown = || Error::NotFound("grant");
        let all = self.list(actor, server).await?;
        let grant = all.into_iter().find(|grant| grant.id == id).ok_or_else(unknown)?;
        let entry = entry(&grant, AuditAction::GrantRemove, &actor.into(), self.ctx.now());
        if !self.ctx.store.grants.remove(id, &entry).await? {
            return Err(unknown());
        }
        self.connections.recheck().await?;
        self.shares.end_due().await
    }
}

pub(crate) fn find_account(name: &str) -> Result<host::Account, Error> {
    host::find_account(name).map_err(|error| {
        accounts_unavailable(&error)
            .unwrap_or_else(|| Error::UnknownAccount(validate::printable(name)))
    })
}

pub(crate) async fn add(
    store: &Store,
    actor: &AuditActor,
    now: DateTime<Utc>,
    account: host::Account,
    to: Grantee,
) -> Result<AccountGrant, Error> {
    let to_name = match to {
        Grantee::Member(id) => store.members.get(id).await?.ok_or(Error::NotFound("member"))?.name,
        Grantee::Role(_) if account.uid == 0 => {
            let message = "root cannot be granted to a role. Grant it to members by name.";
            return Err(Error::invalid("to", message));
        }
        Grantee::Role(role) => role.to_string(),
    };
    let grant = accounts::new_grant(account.name, to, &to_name, actor.name(), now);
    let entry = entry(&grant, AuditAction::GrantAdd, actor, now);
    match store.grants.add(&grant, &entry).await {
        Err(store::Error::Duplicate) => Err(Error::GrantExists),
        done => Ok(done.map(|()| grant)?),
    }
}

pub(crate) fn entry(
    grant: &AccountGrant,
    action: AuditAction,
    actor: &AuditActor,
    now: DateTime<Utc>,
) -> AuditEntry {
    let target = AuditTarget::new("grant", &grant.id, &grant.account);
    let kind = match grant.to {
        Grantee::Member(_) => "member",
        Grantee::Role(_) => "role",
    };
    audit::entry(now, actor, action, target, Some(format!("{kind}: {}", grant.to_name)))
}

fn authorize_on_server(actor: &Actor, server: &str) -> Result<(), Error> {
    authorize(actor, Action::ManageGrants, Target::Workspace)?;
    if server == LOCAL { Ok(()) } else { Err(Error::NotFound("server")) }
}
