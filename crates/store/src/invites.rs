//! Queries about links that were handed out: to join, or to choose a new password. One works once.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AccountGrant, AuditEntry, Invite, Role},
    id::{InviteId, MemberId},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    Error, Member, Store,
    audit::finish,
    connect::bounded,
    entity::{invite, member},
    members,
    words::Word,
};

/// A link, and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteRow {
    /// What may be shown of it.
    pub invite: Invite,
    /// Whose password it resets.
    pub member: Option<MemberId>,
    /// Who handed it out; none for an old one that was used before that was kept.
    pub creator: Option<MemberId>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Adds a link, of whose secret only the SHA-256 is kept. An earlier one of the same kind for
    /// the same address stops working. False, and nothing changed, when whoever hands it out is no
    /// superuser who can come in, by now.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn add_invite(
        &self,
        row: &InviteRow,
        hash: &[u8; 32],
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let change = self.begin(entry).await?;
            // Locked where the database can: who is demoted comes before all of this, or after it and
            // then withdraws this link too.
            let creator = row.creator.map_or_else(Uuid::nil, |creator| creator.0);
            let creator = member::Entity::find_by_id(creator).lock_shared().one(&change).await?;
            let superuser = Role::Superuser.word();
            if !creator.is_some_and(|creator| creator.active && creator.role == superuser) {
                return finish(change, false).await;
            }
            let invite = &row.invite;
            invite::Entity::delete_many()
                .filter(invite::Column::Email.eq(&invite.email))
                .filter(invite::Column::Kind.eq(invite.kind.word()))
                .filter(invite::Column::UsedAt.is_null())
                .exec(&change)
                .await?;
            invite::ActiveModel {
                id: Set(invite.id.0),
                kind: Set(invite.kind.word().to_owned()),
                email: Set(invite.email.clone()),
                role: Set(invite.role.word().to_owned()),
                member_id: Set(row.member.map(|member| member.0)),
                token_hash: Set(hash.to_vec()),
                created_by: Set(invite.by.clone()),
                creator_id: Set(row.creator.map(|creator| creator.0)),
                created_at: Set(invite.created_at),
                expires_at: Set(invite.expires_at),
                used_at: Set(row.used_at),
            }
            .insert(&change)
            .await?;
            finish(change, true).await
        })
        .await
    }

    /// The link whose secret has this SHA-256, used or over or not.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn invite_by_hash(&self, hash: &[u8; 32]) -> Result<Option<InviteRow>, Error> {
        bounded(async {
            invite::Entity::find()
                .filter(invite::Column::TokenHash.eq(hash.to_vec()))
                .one(&self.db)
                .await?
                .map(read)
                .transpose()
        })
        .await
    }

    /// The link of an id, used or over or not.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn invite(&self, id: InviteId) -> Result<Option<InviteRow>, Error> {
        bounded(async {
            invite::Entity::find_by_id(id.0).one(&self.db).await?.map(read).transpose()
        })
        .await
    }

    /// Links that wait to be used, newest first.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn waiting_invites(&self, now: DateTime<Utc>) -> Result<Vec<Invite>, Error> {
        bounded(async {
            let found = invite::Entity::find()
                .filter(invite::Column::UsedAt.is_null())
                .filter(invite::Column::ExpiresAt.gt(now))
                .order_by_desc(invite::Column::Id)
                .all(&self.db)
                .await?;
            found.into_iter().map(|row| Ok(read(row)?.invite)).collect()
        })
        .await
    }

    /// Withdraws a link. False when there is none of this id that was not used.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn remove_invite(&self, id: InviteId, entry: &AuditEntry) -> Result<bool, Error> {
        bounded(async {
            let change = self.begin(entry).await?;
            let done = invite::Entity::delete_by_id(id.0)
                .filter(invite::Column::UsedAt.is_null())
                .exec(&change)
                .await?;
            finish(change, done.rows_affected > 0).await
        })
        .await
    }

    /// Uses a link to join. False, and nothing changed, when it was used or withdrawn meanwhile.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when there is a member with this address.
    pub async fn join(
        &self,
        invite: InviteId,
        member: &Member,
        grants: &[AccountGrant],
        now: DateTime<Utc>,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let change = self.begin(entry).await?;
            let taken = take(&change, invite, now).await?;
            if taken {
                members::insert(&change, member, grants).await?;
            }
            finish(change, taken).await
        })
        .await
    }

    /// Uses a link to set a new password: sign-ins and tokens the member had are over. False, and
    /// nothing changed, when it was used or withdrawn meanwhile.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn reset_password(
        &self,
        invite: InviteId,
        member: MemberId,
        password_hash: &str,
        now: DateTime<Utc>,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let change = self.begin(entry).await?;
            let done = take(&change, invite, now).await?
                && members::new_password(&change, member, password_hash, None).await?;
            finish(change, done).await
        })
        .await
    }

    /// Forgets links that are over, used or not.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn remove_expired_invites(&self, now: DateTime<Utc>) -> Result<(), Error> {
        bounded(async {
            invite::Entity::delete_many()
                .filter(invite::Column::ExpiresAt.lte(now))
                .exec(&self.db)
                .await?;
            Ok(())
        })
        .await
    }
}

/// Uses a link, once.
async fn take(db: &impl ConnectionTrait, id: InviteId, now: DateTime<Utc>) -> Result<bool, Error> {
    let done = invite::Entity::update_many()
        .col_expr(invite::Column::UsedAt, Expr::value(now))
        .filter(invite::Column::Id.eq(id.0))
        .filter(invite::Column::UsedAt.is_null())
        .filter(invite::Column::ExpiresAt.gt(now))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

fn read(model: invite::Model) -> Result<InviteRow, Error> {
    Ok(InviteRow {
        invite: Invite {
            id: InviteId(model.id),
            kind: Word::read(model.kind)?,
            email: model.email,
            role: Word::read(model.role)?,
            by: model.created_by,
            created_at: model.created_at,
            expires_at: model.expires_at,
        },
        member: model.member_id.map(MemberId),
        creator: model.creator_id.map(MemberId),
        used_at: model.used_at,
    })
}
