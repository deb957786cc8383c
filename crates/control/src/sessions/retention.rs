//! Deletion of sessions that ended long ago.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use tokio::time::{MissedTickBehavior, interval};

use crate::{Error, context::Context};

/// Interval between deletions. Retention is configured in days, so an hour does not matter.
const INTERVAL: Duration = Duration::from_secs(3600);

/// Deletes old ended sessions.
pub struct Retention {
    pub(crate) ctx: Arc<Context>,
}

impl Retention {
    /// Deletes old sessions now and every hour, forever.
    pub async fn watch(self: Arc<Self>) {
        let mut ticks = interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.delete_expired().await {
                tracing::warn!(%error, "old sessions could not be deleted");
            }
        }
    }

    /// Deletes the sessions that ended before the retention period. Returns their number.
    pub async fn delete_expired(&self) -> Result<u64, Error> {
        let days = self.ctx.workspace_settings().await?.keep_ended_days;
        let before = self.ctx.now() - TimeDelta::days(days.into());
        Ok(self.ctx.store.sessions.remove_ended(before).await?)
    }
}
