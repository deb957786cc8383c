//! What lists of sessions say of their shares: counts, for many sessions at once.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use protocol::id::SessionId;
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationTrait};
use uuid::Uuid;

use crate::{
    Error, Store,
    connect::bounded,
    entity::{guest, share},
    shares::living,
};

impl Store {
    /// How many wrong passwords were tried for the living shares of these sessions, where any were.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn wrong_passwords(
        &self,
        sessions: &[SessionId],
        now: DateTime<Utc>,
    ) -> Result<HashMap<SessionId, u32>, Error> {
        if sessions.is_empty() {
            return Ok(HashMap::new());
        }
        bounded(async {
            let found: Vec<(Uuid, i32)> = living(now)
                .filter(share::Column::WrongPasswords.gt(0))
                .filter(share::Column::SessionId.is_in(sessions.iter().map(|id| id.0)))
                .select_only()
                .columns([share::Column::SessionId, share::Column::WrongPasswords])
                .into_tuple()
                .all(&self.db)
                .await?;
            let mut tried = HashMap::new();
            for (session, wrong) in found {
                let sum: &mut u32 = tried.entry(SessionId(session)).or_default();
                *sum = sum.saturating_add(u32::try_from(wrong).unwrap_or_default());
            }
            Ok(tried)
        })
        .await
    }

    /// How many guests came to these sessions, by whatever share, where any did.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn visitors(&self, sessions: &[SessionId]) -> Result<HashMap<SessionId, u32>, Error> {
        if sessions.is_empty() {
            return Ok(HashMap::new());
        }
        bounded(async {
            let found: Vec<(Uuid, i64)> = guest::Entity::find()
                .join(JoinType::InnerJoin, guest::Relation::Share.def())
                .filter(share::Column::SessionId.is_in(sessions.iter().map(|id| id.0)))
                .select_only()
                .column(share::Column::SessionId)
                .column_as(guest::Column::Id.count(), "came")
                .group_by(share::Column::SessionId)
                .into_tuple()
                .all(&self.db)
                .await?;
            let count = |came| u32::try_from(came).unwrap_or(u32::MAX);
            Ok(found.into_iter().map(|(id, came)| (SessionId(id), count(came))).collect())
        })
        .await
    }
}
