//! The workspace's settings: one row, or none while nobody has changed any.

use protocol::api::{AuditEntry, WorkspaceSettings};
use sea_orm::{ActiveValue::Set, EntityTrait, Iterable, sea_query::OnConflict};

use crate::{Error, Store, connect::bounded, entity::settings, words::Word};

/// The id of the only row.
const ROW: i32 = 1;

impl Store {
    /// The settings, none while nobody has changed any.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn settings(&self) -> Result<Option<WorkspaceSettings>, Error> {
        bounded(async {
            settings::Entity::find_by_id(ROW).one(&self.db).await?.map(read).transpose()
        })
        .await
    }

    /// Puts settings in the place of those there are.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn put_settings(
        &self,
        new: &WorkspaceSettings,
        entry: &AuditEntry,
    ) -> Result<(), Error> {
        bounded(async {
            let change = self.begin(entry).await?;
            let all = OnConflict::column(settings::Column::Id)
                .update_columns(settings::Column::iter())
                .to_owned();
            settings::Entity::insert(active(new)?)
                .on_conflict(all)
                .exec_without_returning(&change)
                .await?;
            Ok(change.commit().await?)
        })
        .await
    }
}

fn active(new: &WorkspaceSettings) -> Result<settings::ActiveModel, Error> {
    Ok(settings::ActiveModel {
        id: Set(ROW),
        name: Set(new.name.clone()),
        session_timeout_minutes: Set(number(new.session_timeout_minutes)?),
        keep_alive: Set(new.keep_alive.word().to_owned()),
        attach_policy: Set(new.attach_policy.word().to_owned()),
        max_sessions_per_user: Set(number(new.max_sessions_per_user)?),
        max_sessions_per_token: Set(number(new.max_sessions_per_token)?),
        max_sessions: Set(number(new.max_sessions)?),
        max_creates_per_minute: Set(number(new.max_creates_per_minute)?),
        history_mib: Set(number(new.history_mib)?),
        keep_ended_days: Set(number(new.keep_ended_days)?),
        sharing_enabled: Set(new.sharing_enabled),
        share_max_minutes: Set(number(new.share_max_minutes)?),
        share_read_only: Set(new.share_read_only.word().to_owned()),
        share_baton: Set(new.share_baton.word().to_owned()),
        share_max_guests: Set(number(new.share_max_guests)?),
        changed_by: Set(new.changed_by.clone()),
        changed_at: Set(new.changed_at),
    })
}

fn read(model: settings::Model) -> Result<WorkspaceSettings, Error> {
    Ok(WorkspaceSettings {
        name: model.name,
        session_timeout_minutes: number(model.session_timeout_minutes)?,
        keep_alive: Word::read(model.keep_alive)?,
        attach_policy: Word::read(model.attach_policy)?,
        max_sessions_per_user: number(model.max_sessions_per_user)?,
        max_sessions_per_token: number(model.max_sessions_per_token)?,
        max_sessions: number(model.max_sessions)?,
        max_creates_per_minute: number(model.max_creates_per_minute)?,
        history_mib: number(model.history_mib)?,
        keep_ended_days: number(model.keep_ended_days)?,
        sharing_enabled: model.sharing_enabled,
        share_max_minutes: number(model.share_max_minutes)?,
        share_read_only: Word::read(model.share_read_only)?,
        share_baton: Word::read(model.share_baton)?,
        share_max_guests: number(model.share_max_guests)?,
        changed_by: model.changed_by,
        changed_at: model.changed_at,
    })
}

fn number<A, B>(value: A) -> Result<B, Error>
where
    A: ToString + Copy,
    B: TryFrom<A>,
{
    B::try_from(value).map_err(|_| Error::Unknown { what: "setting", value: value.to_string() })
}
