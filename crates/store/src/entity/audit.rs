//! The audit log.

use protocol::{api::AuditEntry, id::MemberId};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: DateTimeUtc,
    pub actor_id: Option<Uuid>,
    pub actor: String,
    pub via: String,
    pub source: Option<String>,
    pub action: String,
    pub target_kind: String,
    pub target_id: Option<String>,
    pub target: String,
    pub detail: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

impl From<AuditEntry> for ActiveModel {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: Set(entry.id),
            at: Set(entry.at),
            actor_id: Set(entry.actor_id.map(|id| id.0)),
            actor: Set(entry.actor),
            via: Set(entry.via),
            source: Set(entry.source),
            action: Set(entry.action),
            target_kind: Set(entry.target_kind),
            target_id: Set(entry.target_id),
            target: Set(entry.target),
            detail: Set(entry.detail),
        }
    }
}

impl From<Model> for AuditEntry {
    fn from(model: Model) -> Self {
        Self {
            id: model.id,
            at: model.at,
            actor_id: model.actor_id.map(MemberId),
            actor: model.actor,
            via: model.via,
            source: model.source,
            action: model.action,
            target_kind: model.target_kind,
            target_id: model.target_id,
            target: model.target,
            detail: model.detail,
        }
    }
}
