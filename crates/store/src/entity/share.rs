//! The table of shares: links with a password that give guests access to a session.

use chrono::{DateTime, Utc};
use sea_orm::{Select, entity::prelude::*};

/// Selects shares that have not ended or expired.
pub fn living(now: DateTime<Utc>) -> Select<Entity> {
    Entity::find().filter(Column::EndedAt.is_null()).filter(Column::ExpiresAt.gt(now))
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shares")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Uuid,
    pub kind: String,
    pub email: Option<String>,
    pub mail: Option<String>,
    pub mail_error: Option<String>,
    #[sea_orm(unique)]
    pub token_hash: Vec<u8>,
    pub password_hash: String,
    pub read_only: bool,
    pub max_guests: i32,
    pub guests_alone: bool,
    pub created_by_id: Uuid,
    pub created_by: String,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub end_reason: Option<String>,
    pub ended_by: Option<String>,
    pub wrong_passwords: i32,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::session::Entity",
        from = "Column::SessionId",
        to = "super::session::Column::Id"
    )]
    Session,
}

impl ActiveModelBehavior for ActiveModel {}
