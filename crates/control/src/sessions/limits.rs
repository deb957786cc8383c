//! Limits on the number of sessions and on the rate of new ones. Pure.

use chrono::TimeDelta;
use protocol::{api::WorkspaceSettings, id::TokenId};
use store::SessionRow;

use crate::{error::Limit, throttle::Rule};

/// Returns the limit that is reached, the narrowest first, because its owner can act on it. `own` are the
/// member's running sessions, `all` counts those of the workspace.
pub(crate) fn reached(
    settings: &WorkspaceSettings,
    own: &[SessionRow],
    token: Option<TokenId>,
    all: u64,
) -> Option<Limit> {
    let full = |count: usize, most: u32| u64::try_from(count).is_ok_and(|n| n >= most.into());
    let by_token = own.iter().filter(|row| row.token == token).count();
    if token.is_some() && full(by_token, settings.max_sessions_per_token) {
        Some(Limit::Token)
    } else if full(own.len(), settings.max_sessions_per_user) {
        Some(Limit::Member)
    } else {
        (all >= settings.max_sessions.into()).then_some(Limit::Workspace)
    }
}

/// Returns the rate of new sessions.
pub(crate) fn rate(settings: &WorkspaceSettings) -> Rule {
    let most = settings.max_creates_per_minute.max(1);
    let refill = TimeDelta::milliseconds(60_000 / i64::from(most));
    Rule::new(i32::try_from(most).unwrap_or(i32::MAX), refill)
}

#[cfg(test)]
mod tests {
    use store::samples;
    use uuid::Uuid;

    use super::*;

    fn settings() -> WorkspaceSettings {
        WorkspaceSettings {
            max_sessions_per_user: 3,
            max_sessions_per_token: 2,
            max_sessions: 10,
            ..WorkspaceSettings::default()
        }
    }

    fn row(token: Option<u128>) -> SessionRow {
        SessionRow {
            token: token.map(|token| TokenId(Uuid::from_u128(token))),
            ..samples::session_row(1)
        }
    }

    #[test]
    fn the_narrowest_limit_is_returned() {
        let (page, seven, eight) = (None, Some(7), Some(8));
        // tokens of the member's running sessions, token of the request, all running sessions
        let table = [
            (vec![], page, 0, None),
            (vec![page, page], page, 9, None),
            (vec![page, page], page, 10, Some(Limit::Workspace)),
            (vec![page, page, page], page, 10, Some(Limit::Member)),
            (vec![seven, seven], seven, 2, Some(Limit::Token)),
            (vec![seven, seven], eight, 2, None),
            (vec![seven, seven], page, 2, None),
            (vec![page, seven], seven, 2, None),
            (vec![seven, seven, page], seven, 10, Some(Limit::Token)),
            (vec![seven, seven, page], page, 4, Some(Limit::Member)),
        ];
        for (own, token, all, expected) in table {
            let rows: Vec<SessionRow> = own.iter().map(|token| row(*token)).collect();
            let token = token.map(|token| TokenId(Uuid::from_u128(token)));
            let found = reached(&settings(), &rows, token, all);
            assert_eq!(found, expected, "{own:?} {token:?} {all}");
        }
    }

    #[test]
    fn the_rate_is_spread_over_a_minute() {
        for (most, expected) in [(30, 2000), (1, 60_000), (600, 100), (0, 60_000)] {
            let found = rate(&WorkspaceSettings { max_creates_per_minute: most, ..settings() });
            let burst = i32::try_from(most.max(1)).unwrap();
            assert_eq!(found, Rule::new(burst, TimeDelta::milliseconds(expected)), "{most}");
        }
    }
}
