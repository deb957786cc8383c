//! Forgetting sessions that ended long ago.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::{MissedTickBehavior, interval};

use crate::{Control, Error};

/// Pause between two looks. History is kept by the day, so an hour more or less is nothing.
const LOOK: Duration = Duration::from_secs(3600);

impl Control {
    /// Forgets what ended too long ago, at once and every hour. Polled for as long as the server runs,
    /// which is for good.
    pub async fn watch_history(self) {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.forget_history().await {
                tracing::warn!(%error, "old sessions could not be forgotten");
            }
        }
    }

    /// Forgets the sessions that ended more days ago than the settings keep them. Returns how many.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn forget_history(&self) -> Result<u64, Error> {
        let days = self.governing().await?.keep_ended_days;
        Ok(self
            .inner
            .store
            .sessions
            .remove_ended(self.now() - TimeDelta::days(days.into()))
            .await?)
    }
}
