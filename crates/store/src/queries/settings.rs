//! The settings of the workspace: one row, or none while all are the defaults.

use protocol::api::{AuditEntry, WorkspaceSettings};
use sea_orm::{ActiveValue::Set, DatabaseConnection, EntityTrait, Iterable, sea_query::OnConflict};

use crate::{
    Error,
    column::{self, parse},
    entity::settings::{ActiveModel, Column, Entity, Model},
    execute::{one, recorded},
};

const ROW: i32 = 1;

/// Queries on the workspace settings.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(crate) db: DatabaseConnection,
}

impl Settings {
    /// Returns the settings, if any were ever changed.
    pub async fn get(&self) -> Result<Option<WorkspaceSettings>, Error> {
        one(&self.db, Entity::find_by_id(ROW), read).await
    }

    /// Replaces all settings.
    pub async fn put(&self, new: &WorkspaceSettings, entry: &AuditEntry) -> Result<(), Error> {
        let all = OnConflict::column(Column::Id).update_columns(Column::iter()).to_owned();
        let insert = Entity::insert(active(new)?).on_conflict(all);
        recorded(&self.db, [entry], async |db| {
            insert.exec_without_returning(db).await?;
            Ok(true)
        })
        .await
        .map(drop)
    }
}

fn active(new: &WorkspaceSettings) -> Result<ActiveModel, Error> {
    Ok(ActiveModel {
        id: Set(ROW),
        name: Set(new.name.clone()),
        session_timeout_minutes: Set(number(new.session_timeout_minutes)?),
        keep_alive: Set(new.keep_alive.to_string()),
        attach_policy: Set(new.attach_policy.to_string()),
        max_sessions_per_user: Set(number(new.max_sessions_per_user)?),
        max_sessions_per_token: Set(number(new.max_sessions_per_token)?),
        max_sessions: Set(number(new.max_sessions)?),
        max_creates_per_minute: Set(number(new.max_creates_per_minute)?),
        history_mib: Set(number(new.history_mib)?),
        keep_ended_days: Set(number(new.keep_ended_days)?),
        sharing_enabled: Set(new.sharing_enabled),
        share_max_minutes: Set(number(new.share_max_minutes)?),
        share_read_only: Set(new.share_read_only.to_string()),
        share_baton: Set(new.share_baton.to_string()),
        share_max_guests: Set(number(new.share_max_guests)?),
        changed_by: Set(new.changed_by.clone()),
        changed_at: Set(new.changed_at),
    })
}

fn read(model: Model) -> Result<WorkspaceSettings, Error> {
    Ok(WorkspaceSettings {
        name: model.name,
        session_timeout_minutes: number(model.session_timeout_minutes)?,
        keep_alive: parse("keep-alive rule", model.keep_alive)?,
        attach_policy: parse("attach policy", model.attach_policy)?,
        max_sessions_per_user: number(model.max_sessions_per_user)?,
        max_sessions_per_token: number(model.max_sessions_per_token)?,
        max_sessions: number(model.max_sessions)?,
        max_creates_per_minute: number(model.max_creates_per_minute)?,
        history_mib: number(model.history_mib)?,
        keep_ended_days: number(model.keep_ended_days)?,
        sharing_enabled: model.sharing_enabled,
        share_max_minutes: number(model.share_max_minutes)?,
        share_read_only: parse("read-only rule of shares", model.share_read_only)?,
        share_baton: parse("baton rule", model.share_baton)?,
        share_max_guests: number(model.share_max_guests)?,
        changed_by: model.changed_by,
        changed_at: model.changed_at,
    })
}

fn number<A: ToString + Copy, B: TryFrom<A>>(value: A) -> Result<B, Error> {
    column::number("setting", value)
}
