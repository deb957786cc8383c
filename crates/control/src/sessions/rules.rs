//! What a session is governed by, as its process is told, and telling it.

use protocol::{
    api::{self, AttachPolicy, WorkspaceSettings},
    wire::{self, Policy, Rules},
};
use store::SessionRow;
use tokio::task::JoinSet;

use crate::{Control, Error};

/// Sessions that are told at the same time.
const AT_ONCE: usize = 32;

/// Seconds that a session lives on at least when a change of the settings shortens its life: enough
/// for its owner to be warned.
pub(crate) const GRACE: u32 = 300;

/// The rules of a session with this policy; `guests_alone` as one of its shares has it.
pub(crate) fn rules(
    settings: &WorkspaceSettings,
    policy: AttachPolicy,
    guests_alone: bool,
) -> Rules {
    let keep_alive = match settings.keep_alive {
        api::KeepAlive::Input => wire::KeepAlive::Input,
        api::KeepAlive::Attached => wire::KeepAlive::Attached,
        api::KeepAlive::Working => wire::KeepAlive::Working,
    };
    let policy = match policy {
        AttachPolicy::Handoff => Policy::Handoff,
        AttachPolicy::Single => Policy::Single,
        AttachPolicy::Multi => Policy::Multi,
    };
    let baton = match settings.share_baton {
        api::BatonRule::Free => wire::BatonRule::Free,
        api::BatonRule::Ask => wire::BatonRule::Ask,
    };
    Rules {
        policy: policy.into(),
        keep_alive: keep_alive.into(),
        timeout: settings.session_timeout_minutes.saturating_mul(60),
        history_bytes: u64::from(settings.history_mib) << 20,
        grace: GRACE,
        baton: baton.into(),
        guests_alone,
    }
}

impl Control {
    /// The settings in force.
    pub(crate) async fn governing(&self) -> Result<WorkspaceSettings, Error> {
        let found = self.inner.store.settings.get().await?;
        Ok(found.unwrap_or_default())
    }

    /// Tells all living sessions the rules that are in force. One that does not answer is left with
    /// those it has; it is told again with the next change and at the next start.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn push_rules(&self) -> Result<(), Error> {
        let settings = self.governing().await?;
        let mut telling = JoinSet::new();
        for row in self.inner.store.sessions.living().await? {
            if telling.len() >= AT_ONCE {
                telling.join_next().await;
            }
            let (control, settings) = (self.clone(), settings.clone());
            telling.spawn(async move { control.govern(&row, &settings).await });
        }
        telling.join_all().await;
        Ok(())
    }

    /// Tells one session its rules.
    pub(crate) async fn govern(&self, row: &SessionRow, settings: &WorkspaceSettings) {
        // Without an answer guests may do less, not more.
        let alone = self.inner.store.shares.guests_alone(row.id, self.now()).await.unwrap_or(false);
        let rules = rules(settings, row.attach_policy, alone);
        match self.inner.host.configure(row.id, rules).await {
            // Over, or not yet there: a session is started with the rules of that moment.
            Ok(_) | Err(host::Error::Gone) => {}
            Err(error) => {
                tracing::warn!(session = %row.id, %error, "a session keeps its old rules");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_told_what_the_settings_say() {
        use api::{BatonRule, KeepAlive};
        for (keep_alive, told_alive, share_baton, told_baton) in [
            (KeepAlive::Input, wire::KeepAlive::Input, BatonRule::Free, wire::BatonRule::Free),
            (KeepAlive::Attached, wire::KeepAlive::Attached, BatonRule::Ask, wire::BatonRule::Ask),
            (KeepAlive::Working, wire::KeepAlive::Working, BatonRule::Free, wire::BatonRule::Free),
        ] {
            let settings =
                WorkspaceSettings { keep_alive, share_baton, ..WorkspaceSettings::default() };
            for alone in [false, true] {
                let rules = rules(&settings, AttachPolicy::Single, alone);
                assert_eq!(
                    (rules.keep_alive(), rules.baton(), rules.policy(), rules.guests_alone),
                    (told_alive, told_baton, Policy::Single, alone)
                );
                assert_eq!((rules.timeout, rules.history_bytes), (3600, 64 << 20));
            }
        }
    }
}
