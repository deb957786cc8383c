//! Workspace settings: one row, or none while all are the defaults.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    pub name: String,
    pub session_timeout_minutes: i32,
    pub keep_alive: String,
    pub attach_policy: String,
    pub max_sessions_per_user: i32,
    pub max_sessions_per_token: i32,
    pub max_sessions: i32,
    pub max_creates_per_minute: i32,
    pub history_mib: i32,
    pub keep_ended_days: i32,
    pub sharing_enabled: bool,
    pub share_max_minutes: i32,
    pub share_read_only: String,
    pub share_baton: String,
    pub share_max_guests: i32,
    pub changed_by: Option<String>,
    pub changed_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
