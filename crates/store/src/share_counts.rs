//! What lists of sessions say of their shares: counts, for many sessions at once.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use protocol::id::SessionId;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::{Error, Store, connect::bounded, entity::share, shares::living};

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
}
