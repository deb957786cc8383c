//! Account grants: members and roles that may open sessions as an account of the server.

use protocol::{
    api::{AccountGrant, AuditEntry, Grantee},
    id::{GrantId, MemberId},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseConnection,
    EntityTrait, QueryFilter, QueryOrder,
};

use crate::{
    Error,
    column::parse,
    entity::{
        account_grant::{ActiveModel, Column, Entity, Model},
        member,
    },
    execute::{bounded, delete_recorded, recorded},
};

/// Queries on account grants.
#[derive(Clone, Debug)]
pub struct Grants {
    pub(crate) db: DatabaseConnection,
}

impl Grants {
    /// Adds a grant.
    ///
    /// # Errors
    /// [`Error::Duplicate`] if the same grant exists.
    pub async fn add(&self, grant: &AccountGrant, entry: &AuditEntry) -> Result<(), Error> {
        recorded(&self.db, [entry], async |db| insert(db, grant).await.map(|()| true))
            .await
            .map(drop)
    }

    /// Removes a grant. Returns false if there is none with this id.
    pub async fn remove(&self, id: GrantId, entry: &AuditEntry) -> Result<bool, Error> {
        delete_recorded(&self.db, Entity::delete_many().filter(Column::Id.eq(id.0)), entry).await
    }

    /// Lists all grants of a server, ordered by account.
    pub async fn list(&self, server: &str) -> Result<Vec<AccountGrant>, Error> {
        bounded(async {
            let found = Entity::find()
                .filter(Column::Server.eq(server))
                .order_by_asc(Column::Account)
                .order_by_asc(Column::Id)
                .find_also_related(member::Entity)
                .all(&self.db)
                .await?;
            found.into_iter().map(read).collect()
        })
        .await
    }
}

pub(super) async fn insert(db: &impl ConnectionTrait, grant: &AccountGrant) -> Result<(), Error> {
    let (member, role) = match grant.to {
        Grantee::Member(id) => (Some(id.0), None),
        Grantee::Role(role) => (None, Some(role.to_string())),
    };
    ActiveModel {
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

fn read((model, member): (Model, Option<member::Model>)) -> Result<AccountGrant, Error> {
    let (to, to_name) = match (model.role, member) {
        (Some(role), _) => (Grantee::Role(parse("role", role.clone())?), role),
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
