//! Rules of a session process, derived from the workspace settings, and pushing them to processes.

use futures_util::{StreamExt, stream};
use protocol::{
    api::{self, AttachPolicy, WorkspaceSettings},
    wire::{self, Policy, Rules},
};
use store::SessionRow;

use crate::{Error, context::Context};

const CONCURRENCY: usize = 32;

/// Minimum remaining life in seconds after a change of the settings, so that the owner can be warned.
pub(crate) const GRACE: u32 = 300;

/// Returns the rules of a session. `guests_alone` is the setting of its shares.
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

/// Sends the current rules to all sessions. One that does not answer keeps its old rules until the next
/// change or restart.
pub(crate) async fn push_to_all(ctx: &Context) -> Result<(), Error> {
    let settings = &ctx.workspace_settings().await?;
    stream::iter(ctx.store.sessions.living(None).await?)
        .for_each_concurrent(CONCURRENCY, |row| async move { send(ctx, &row, settings).await })
        .await;
    Ok(())
}

pub(crate) async fn push(ctx: &Context, row: &SessionRow) -> Result<(), Error> {
    send(ctx, row, &ctx.workspace_settings().await?).await;
    Ok(())
}

async fn send(ctx: &Context, row: &SessionRow, settings: &WorkspaceSettings) {
    let guests_alone = match ctx.store.shares.guests_alone(row.id, ctx.now()).await {
        Ok(guests_alone) => guests_alone,
        Err(error) => {
            tracing::warn!(session = %row.id, %error, "a session keeps its old rules");
            return;
        }
    };
    match ctx.host.configure(row.id, rules(settings, row.attach_policy, guests_alone)).await {
        // It has ended, or it will start with the current rules.
        Ok(_) | Err(host::Error::Gone) => {}
        Err(error) => {
            tracing::warn!(session = %row.id, %error, "a session keeps its old rules");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_follow_the_settings() {
        use api::{BatonRule, KeepAlive};
        for (keep_alive, sent_keep_alive, share_baton, sent_baton) in [
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
                    (sent_keep_alive, sent_baton, Policy::Single, alone)
                );
                assert_eq!((rules.timeout, rules.history_bytes), (3600, 64 << 20));
            }
        }
    }
}
