//! Grants: who may open sessions as which account.

use protocol::{
    api::{AccountGrant, AuditEntry, Grantee},
    id::{GrantId, MemberId},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder,
};

use crate::{
    Error, Store,
    audit::finish,
    connect::bounded,
    entity::{account_grant, member},
    words::Word,
};

impl Store {
    /// Adds a grant.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when it is granted already.
    pub async fn add_grant(&self, grant: &AccountGrant, entry: &AuditEntry) -> Result<(), Error> {
        bounded(async {
            let change = self.begin(entry).await?;
            insert(&change, grant).await?;
            Ok(change.commit().await?)
        })
        .await
    }

    /// Removes a grant. False when there is none of this id on the server.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn remove_grant(&self, id: GrantId, entry: &AuditEntry) -> Result<bool, Error> {
        bounded(async {
            let change = self.begin(entry).await?;
            let done = account_grant::Entity::delete_by_id(id.0).exec(&change).await?;
            finish(change, done.rows_affected > 0).await
        })
        .await
    }

    /// All grants of a server, by account.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn grants(&self, server: &str) -> Result<Vec<AccountGrant>, Error> {
        bounded(async {
            let found = account_grant::Entity::find()
                .filter(account_grant::Column::Server.eq(server))
                .order_by_asc(account_grant::Column::Account)
                .order_by_asc(account_grant::Column::Id)
                .find_also_related(member::Entity)
                .all(&self.db)
                .await?;
            found.into_iter().map(read).collect()
        })
        .await
    }
}

/// Adds a grant, as part of whatever `db` is.
pub(crate) async fn insert(db: &impl ConnectionTrait, grant: &AccountGrant) -> Result<(), Error> {
    let (member, role) = match grant.to {
        Grantee::Member(id) => (Some(id.0), None),
        Grantee::Role(role) => (None, Some(role.word().to_owned())),
    };
    account_grant::ActiveModel {
        id: Set(grant.id.0),
        server: Set(grant.server.clone()),
        account: Set(grant.account.clone()),
        member_id: Set(member),
        role: Set(role),
        created_by: Set(grant.by.clone()),
        created_at: Set(grant.created_at),
    }
    .insert(db)
    .await?;
    Ok(())
}

fn read(
    (model, member): (account_grant::Model, Option<member::Model>),
) -> Result<AccountGrant, Error> {
    let (to, to_name) = match (model.role, member) {
        (Some(role), _) => (Grantee::Role(Word::read(role.clone())?), role),
        (None, Some(member)) => (Grantee::Member(MemberId(member.id)), member.name),
        (None, None) => {
            return Err(Error::Unknown { what: "grantee", value: model.id.to_string() });
        }
    };
    Ok(AccountGrant {
        id: GrantId(model.id),
        server: model.server,
        account: model.account,
        to,
        to_name,
        by: model.created_by,
        created_at: model.created_at,
    })
}
