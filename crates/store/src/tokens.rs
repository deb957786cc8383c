//! Queries about API tokens.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AuditEntry, TokenInfo},
    id::{MemberId, TokenId},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    Error, Member, Store,
    audit::finish,
    connect::bounded,
    entity::{member, sign_in, token},
    ways_in,
    words::Word,
};

impl Store {
    /// Adds a member's token, of which only the SHA-256 is kept, by one of their sign-ins. False, and
    /// nothing added, when that is over by now or the member may not come in any more.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn add_token(
        &self,
        member: MemberId,
        by: Uuid,
        info: &TokenInfo,
        hash: &[u8; 32],
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let change = self.begin(entry).await?;
            // Locked where the database can: a change of the password, which writes the member's row,
            // comes before all of this, or after it and then ends this token too.
            let found = member::Entity::find_by_id(member.0).lock_shared().one(&change).await?;
            let active = found.is_some_and(|member| member.active);
            let sign_in = sign_in::Entity::find_by_id(by)
                .filter(sign_in::Column::MemberId.eq(member.0))
                .filter(sign_in::Column::ExpiresAt.gt(info.created_at))
                .one(&change)
                .await?;
            if !active || sign_in.is_none() {
                return finish(change, false).await;
            }
            token::ActiveModel {
                id: Set(info.id.0),
                member_id: Set(member.0),
                name: Set(info.name.clone()),
                scope: Set(info.scope.word().to_owned()),
                token_hash: Set(hash.to_vec()),
                created_at: Set(info.created_at),
                expires_at: Set(info.expires_at),
                used_at: Set(info.used_at),
            }
            .insert(&change)
            .await?;
            finish(change, true).await
        })
        .await
    }

    /// The token with this SHA-256, with its member; none when it is over or the member may not
    /// come in any more.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn token_by_hash(
        &self,
        hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<(TokenInfo, Member)>, Error> {
        bounded(async {
            let found = ways_in::holder::<token::Entity>(&self.db, hash, now).await?;
            found.map(|(row, member)| Ok((read(row)?.1, member))).transpose()
        })
        .await
    }

    /// The token of an id, over or not, and whose it is.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn token(&self, id: TokenId) -> Result<Option<(MemberId, TokenInfo)>, Error> {
        bounded(async {
            token::Entity::find_by_id(id.0).one(&self.db).await?.map(read).transpose()
        })
        .await
    }

    /// A member's tokens, newest first.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn tokens_of(&self, member: MemberId) -> Result<Vec<TokenInfo>, Error> {
        bounded(async {
            let found = token::Entity::find()
                .filter(token::Column::MemberId.eq(member.0))
                .order_by_desc(token::Column::Id)
                .all(&self.db)
                .await?;
            found.into_iter().map(|row| Ok(read(row)?.1)).collect()
        })
        .await
    }

    /// A token was used.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn token_used(&self, id: TokenId, at: DateTime<Utc>) -> Result<(), Error> {
        bounded(async {
            token::Entity::update_many()
                .col_expr(token::Column::UsedAt, Expr::value(at))
                .filter(token::Column::Id.eq(id.0))
                .exec(&self.db)
                .await?;
            Ok(())
        })
        .await
    }

    /// Gives a token another name. False when there is none of this id.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn rename_token(
        &self,
        id: TokenId,
        name: &str,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let change = self.begin(entry).await?;
            let done = token::Entity::update_many()
                .col_expr(token::Column::Name, Expr::value(name))
                .filter(token::Column::Id.eq(id.0))
                .exec(&change)
                .await?;
            finish(change, done.rows_affected > 0).await
        })
        .await
    }

    /// Removes a token. False when there is none of this id.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn remove_token(&self, id: TokenId, entry: &AuditEntry) -> Result<bool, Error> {
        bounded(async {
            let change = self.begin(entry).await?;
            let done = token::Entity::delete_by_id(id.0).exec(&change).await?;
            finish(change, done.rows_affected > 0).await
        })
        .await
    }
}

fn read(model: token::Model) -> Result<(MemberId, TokenInfo), Error> {
    let info = TokenInfo {
        id: TokenId(model.id),
        name: model.name,
        scope: Word::read(model.scope)?,
        created_at: model.created_at,
        expires_at: model.expires_at,
        used_at: model.used_at,
    };
    Ok((MemberId(model.member_id), info))
}
