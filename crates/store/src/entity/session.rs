//! The table of sessions, living and ended.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub owner_id: Uuid,
    pub idempotency_key: Option<String>,
    pub name: String,
    pub server: String,
    pub account: String,
    pub attach_policy: String,
    pub state: String,
    pub created_at: DateTimeUtc,
    pub last_seen: DateTimeUtc,
    pub cols: i32,
    pub rows: i32,
    pub title: String,
    pub ended_at: Option<DateTimeUtc>,
    pub end_reason: Option<String>,
    pub ended_by: Option<String>,
    pub exit_code: Option<i32>,
    pub exit_signal: Option<i32>,
    pub token_id: Option<Uuid>,
    pub end_note: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::member::Entity",
        from = "Column::OwnerId",
        to = "super::member::Column::Id"
    )]
    Owner,
}

impl Related<super::member::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Owner.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
