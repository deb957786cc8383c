//! Account grants as superusers manage them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use protocol::{
    api::{AccountGrant, AccountInfo, AuditAction, AuditEntry, Grantee, NewGrant},
    id::GrantId,
};
use store::Store;
use uuid::Uuid;

use crate::{
    Actor, Error,
    access::{Action, Target, authorize},
    audit::{self, AuditActor, AuditTarget},
    context::{Context, LOCAL},
    identity::connections::Connections,
    sharing::expiry::ShareExpiry,
    validate,
};

/// Grants of accounts to members and roles.
pub struct Grants {
    pub(crate) ctx: Arc<Context>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) share_expiry: Arc<ShareExpiry>,
}

impl Grants {
    /// Lists the grants on a server, by account.
    pub async fn list(&self, actor: &Actor, server: String) -> Result<Vec<AccountGrant>, Error> {
        authorize(actor, Action::ManageGrants, Target::Workspace)?;
        require_server(&server)?;
        Ok(self.ctx.store.grants.list(&server).await?)
    }

    /// Lists the accounts of a server that can be granted.
    pub async fn accounts(&self, actor: &Actor, server: String) -> Result<Vec<AccountInfo>, Error> {
        authorize(actor, Action::ManageGrants, Target::Workspace)?;
        require_server(&server)?;
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
    /// [`Error::Forbidden`], [`Error::NotFound`] for the server or member, [`Error::UnknownAccount`],
    /// [`Error::Invalid`] for `root` to a role, [`Error::GrantExists`], [`Error::Unavailable`].
    pub async fn create(
        &self,
        actor: &Actor,
        server: String,
        new: NewGrant,
    ) -> Result<AccountGrant, Error> {
        authorize(actor, Action::ManageGrants, Target::Workspace)?;
        require_server(&server)?;
        let account = host::find_account(&new.account);
        let account =
            account.map_err(|_| Error::UnknownAccount(validate::printable(&new.account)))?;
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
        self.share_expiry.run_once().await
    }
}

/// Grants a local account.
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
    let grant = AccountGrant {
        id: GrantId(Uuid::now_v7()),
        server: LOCAL.to_owned(),
        account: account.name,
        to,
        to_name,
        by: actor.name().to_owned(),
        created_at: now,
    };
    let entry = entry(&grant, AuditAction::GrantAdd, actor, now);
    match store.grants.add(&grant, &entry).await {
        Err(store::Error::Duplicate) => Err(Error::GrantExists),
        done => done.map(|()| grant).map_err(Error::from),
    }
}

/// Returns the audit entry of a grant.
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

fn require_server(server: &str) -> Result<(), Error> {
    if server == LOCAL { Ok(()) } else { Err(Error::NotFound("server")) }
}
