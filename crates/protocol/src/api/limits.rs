//! Bounds on the values that people and programs send, and the defaults that apply without one.
//! Every crate reads them from here. Errors, forms and help texts format them; the literals of the
//! OpenAPI schemas are tested against them.

use std::ops::RangeInclusive;

/// Longest name of a session, member, guest, token or workspace, in characters.
pub const MAX_NAME: usize = 64;

/// Longest idempotency key, in printable ASCII characters.
pub const MAX_IDEMPOTENCY_KEY: usize = 64;

/// Longest name of a device or of a foreign value that is shown back, in characters.
pub const MAX_SHOWN: usize = 64;

/// Longest email address, in characters.
pub const MAX_EMAIL: usize = 128;

/// Shortest password of a member, in characters.
pub const MIN_PASSWORD: usize = 12;

/// Longest password, in characters: hashing longer ones would only cost time.
pub const MAX_PASSWORD: usize = 128;

/// Longest search text, in characters.
pub const MAX_SEARCH: usize = 128;

/// Longest reason for an action, in characters.
pub const MAX_REASON: usize = 200;

pub const COLUMNS: RangeInclusive<u16> = 2..=1000;
pub const DEFAULT_COLUMNS: u16 = 80;
pub const ROWS: RangeInclusive<u16> = 2..=500;
pub const DEFAULT_ROWS: u16 = 24;

/// Idle timeout of a session, in minutes.
pub const SESSION_TIMEOUT_MINUTES: RangeInclusive<u32> = 10..=1440;
pub const SESSIONS_PER_USER: RangeInclusive<u32> = 1..=1000;
pub const SESSIONS_PER_TOKEN: RangeInclusive<u32> = 1..=1000;
/// Running sessions of the workspace.
pub const SESSIONS: RangeInclusive<u32> = 1..=100_000;
/// Sessions that a member may create per minute.
pub const CREATES_PER_MINUTE: RangeInclusive<u32> = 1..=600;
/// History per session, in MiB.
pub const HISTORY_MIB: RangeInclusive<u32> = 1..=1024;
/// Retention of ended sessions, in days.
pub const KEEP_ENDED_DAYS: RangeInclusive<u32> = 1..=365;

pub const SHARE_MINUTES: RangeInclusive<u32> = 5..=180;
/// Duration that the share dialog and the command line start with, in minutes.
pub const DEFAULT_SHARE_MINUTES: u32 = 30;
/// Concurrent guests of a share.
pub const SHARE_GUESTS: RangeInclusive<u32> = 1..=200;
/// Concurrent guests of a share when no number is given.
pub const DEFAULT_SHARE_GUESTS: u32 = 20;
/// Concurrent guests of a share sent by email: one person, who may use a second browser.
pub const MAIL_SHARE_GUESTS: u32 = 2;
/// Addresses of one request that sends a share by email.
pub const MAX_SHARE_ADDRESSES: usize = 20;
/// Active link shares of a session.
pub const MAX_LINK_SHARES: u64 = 10;
/// Active shares of a session when the new one is sent by email.
pub const MAX_MAIL_SHARES: u64 = 100;

pub const TOKEN_DAYS: RangeInclusive<u32> = 1..=365;
pub const MAX_TOKENS: usize = 100;

pub const TICKET_SECONDS: i64 = 30;
pub const INVITE_DAYS: i64 = 7;

/// Page of the caller's sessions.
pub const SESSION_PAGE: Page = Page { default: 50, max: 100 };
/// Page of the sessions of all members.
pub const ADMIN_PAGE: Page = Page { default: 50, max: 500 };
pub const AUDIT_PAGE: Page = Page { default: 100, max: 1000 };

/// Number of items on a page of a list.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Items when the request gives no limit.
    pub default: u64,
    /// Most items on one page.
    pub max: u64,
}

impl Page {
    /// Returns the number of items for the limit of a request.
    pub fn limit(self, requested: Option<u64>) -> u64 {
        requested.unwrap_or(self.default).clamp(1, self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_at_least_one_item_and_at_most_its_maximum() {
        for (requested, expected) in [(None, 50), (Some(0), 1), (Some(7), 7), (Some(101), 100)] {
            assert_eq!(SESSION_PAGE.limit(requested), expected, "{requested:?}");
        }
    }

    /// The OpenAPI annotations accept literals only.
    #[test]
    fn the_schemas_state_these_bounds() {
        use utoipa::PartialSchema;

        use crate::api::{Minutes, WorkspaceSettings};

        let bounds = |schema: &serde_json::Value| {
            (schema["minimum"].as_f64().unwrap(), schema["maximum"].as_f64().unwrap())
        };
        let expected =
            |range: RangeInclusive<u32>| (f64::from(*range.start()), f64::from(*range.end()));
        let minutes = serde_json::to_value(Minutes::schema()).unwrap();
        assert_eq!(bounds(&minutes), expected(SHARE_MINUTES));
        let settings = serde_json::to_value(WorkspaceSettings::schema()).unwrap();
        for (field, range) in [
            ("session_timeout_minutes", SESSION_TIMEOUT_MINUTES),
            ("max_sessions_per_user", SESSIONS_PER_USER),
            ("max_sessions_per_token", SESSIONS_PER_TOKEN),
            ("max_sessions", SESSIONS),
            ("max_creates_per_minute", CREATES_PER_MINUTE),
            ("history_mib", HISTORY_MIB),
            ("keep_ended_days", KEEP_ENDED_DAYS),
            ("share_max_minutes", SHARE_MINUTES),
            ("share_max_guests", SHARE_GUESTS),
        ] {
            assert_eq!(bounds(&settings["properties"][field]), expected(range), "{field}");
        }
    }

    /// The descriptions in the OpenAPI document are doc comments, which are literals too.
    #[test]
    fn the_descriptions_state_these_bounds() {
        use serde_json::{Value, to_value};
        use utoipa::PartialSchema;

        use crate::api::{
            AcceptInvite, ChangeMember, ChangePassword, ChangeSession, ChangeToken, Drop, DropAll,
            Invite, Join, NewSession, NewToken, Session, Ticket, WorkspaceSettings,
        };

        fn schema<T: PartialSchema>() -> Value {
            to_value(T::schema()).unwrap()
        }
        let name = format!("1–{MAX_NAME} characters");
        let password = format!("{MIN_PASSWORD}–{MAX_PASSWORD} characters");
        let reason = format!("at most {MAX_REASON} characters");
        let ticket = format!("{TICKET_SECONDS} s");
        let size = |default: u16, range: RangeInclusive<u16>| {
            format!("{default} if absent, clamped to {}–{}", range.start(), range.end())
        };
        for (schema, field, bound) in [
            (schema::<ChangeMember>(), "name", &name),
            (schema::<NewToken>(), "name", &name),
            (schema::<ChangeToken>(), "name", &name),
            (schema::<Session>(), "name", &name),
            (schema::<ChangeSession>(), "name", &name),
            (schema::<Join>(), "name", &name),
            (schema::<WorkspaceSettings>(), "name", &name),
            (schema::<AcceptInvite>(), "password", &password),
            (schema::<ChangePassword>(), "new", &password),
            (schema::<Drop>(), "reason", &reason),
            (schema::<DropAll>(), "reason", &reason),
            (schema::<Ticket>(), "ticket", &ticket),
            (schema::<Ticket>(), "expires_at", &ticket),
            (schema::<Invite>(), "expires_at", &format!("{INVITE_DAYS} days")),
            (schema::<NewToken>(), "days", &format!("{}–{}", TOKEN_DAYS.start(), TOKEN_DAYS.end())),
            (schema::<NewSession>(), "cols", &size(DEFAULT_COLUMNS, COLUMNS)),
            (schema::<NewSession>(), "rows", &size(DEFAULT_ROWS, ROWS)),
            (
                schema::<NewSession>(),
                "idempotency_key",
                &format!("1–{MAX_IDEMPOTENCY_KEY} characters"),
            ),
        ] {
            let description =
                schema["properties"][field]["description"].as_str().unwrap_or_default();
            assert!(
                description.contains(bound.as_str()),
                "{field}: {description:?} lacks {bound:?}"
            );
        }
    }
}
