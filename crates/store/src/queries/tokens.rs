//! API tokens.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AuditEntry, TokenInfo},
    id::{MemberId, TokenId},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

use super::credentials::by_hash;
use crate::{
    Error, Member,
    column::parse,
    entity::{
        member, sign_in,
        token::{ActiveModel, Column, Entity, Model},
    },
    execute::{all, delete_recorded, one, recorded, update, update_recorded},
};

/// Queries on API tokens.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub(crate) db: DatabaseConnection,
}

impl Tokens {
    /// Adds a member's token, created with one of their sign-ins. Only the SHA-256 of its secret is
    /// stored. Returns false, without a change, if the sign-in is no longer valid or the member is
    /// deactivated.
    pub async fn add(
        &self,
        member: MemberId,
        sign_in: Uuid,
        info: &TokenInfo,
        hash: &[u8; 32],
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        recorded(&self.db, [entry], async |db| {
            // PostgreSQL locks the member's row, so a concurrent password change runs before this
            // transaction, or after it and then removes this token too.
            let found = member::Entity::find_by_id(member.0).lock_shared().one(db).await?;
            let sign_in = sign_in::Entity::find_by_id(sign_in)
                .filter(sign_in::Column::MemberId.eq(member.0))
                .filter(sign_in::Column::ExpiresAt.gt(info.created_at))
                .one(db)
                .await?;
            if sign_in.is_none() || !found.is_some_and(|member| member.active) {
                return Ok(false);
            }
            let token = ActiveModel {
                id: Set(info.id.0),
                member_id: Set(member.0),
                name: Set(info.name.clone()),
                scope: Set(info.scope.to_string()),
                token_hash: Set(hash.to_vec()),
                created_at: Set(info.created_at),
                expires_at: Set(info.expires_at),
                used_at: Set(info.used_at),
            };
            token.insert(db).await?;
            Ok(true)
        })
        .await
    }

    /// Returns the valid token with this SHA-256, and its member.
    pub async fn by_hash(
        &self,
        hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<(TokenInfo, Member)>, Error> {
        let columns = (Column::TokenHash, Column::ExpiresAt);
        let found = by_hash::<Entity>(&self.db, columns, hash, now).await?;
        found.map(|(row, member)| Ok((read(row)?.1, member))).transpose()
    }

    /// Returns the token with this id, expired or not, and its member.
    pub async fn get(&self, id: TokenId) -> Result<Option<(MemberId, TokenInfo)>, Error> {
        one(&self.db, Entity::find_by_id(id.0), read).await
    }

    /// Lists a member's tokens, newest first.
    pub async fn of_member(&self, member: MemberId) -> Result<Vec<TokenInfo>, Error> {
        let query = Entity::find().filter(Column::MemberId.eq(member.0)).order_by_desc(Column::Id);
        all(&self.db, query, |row| Ok(read(row)?.1)).await
    }

    /// Sets the time of a token's last use.
    pub async fn set_used(&self, id: TokenId, at: DateTime<Utc>) -> Result<(), Error> {
        let change = Entity::update_many()
            .col_expr(Column::UsedAt, Expr::value(at))
            .filter(Column::Id.eq(id.0));
        update(&self.db, change).await.map(drop)
    }

    /// Renames a token. Returns false if there is none with this id.
    pub async fn rename(&self, id: TokenId, name: &str, entry: &AuditEntry) -> Result<bool, Error> {
        let change = Entity::update_many()
            .col_expr(Column::Name, Expr::value(name))
            .filter(Column::Id.eq(id.0));
        update_recorded(&self.db, change, entry).await
    }

    /// Removes a token. Returns false if there is none with this id.
    pub async fn remove(&self, id: TokenId, entry: &AuditEntry) -> Result<bool, Error> {
        delete_recorded(&self.db, Entity::delete_many().filter(Column::Id.eq(id.0)), entry).await
    }
}

fn read(model: Model) -> Result<(MemberId, TokenInfo), Error> {
    let info = TokenInfo {
        id: TokenId(model.id),
        name: model.name,
        scope: parse("token scope", model.scope)?,
        created_at: model.created_at,
        expires_at: model.expires_at,
        used_at: model.used_at,
    };
    Ok((MemberId(model.member_id), info))
}
