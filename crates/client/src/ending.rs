//! Endings of an attachment: why a client shows no running session. Pure conversions from errors of
//! the REST interface and from the wire.

use chrono::DateTime;
use protocol::{
    api::{ActiveClient, EndReason, ErrorInfo, Session, SessionState},
    wire::{self, share_end},
};

/// Reason why there is no running session to show.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// The session is over.
    Over(Box<Session>),
    TakenOver(Option<ActiveClient>),
    /// Another client drives, and the policy of the session requires a confirmation.
    Elsewhere(Option<ActiveClient>),
    /// The session does not exist for this member.
    NotFound,
    SignedOut,
    /// The share is over for this guest.
    Share(ShareOver),
    /// Anything else, as one sentence.
    Stopped(String),
}

/// Reason why a share is over for a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareOver {
    Expired,
    Revoked,
    Removed,
    /// The session is over.
    SessionEnded,
    Left,
    /// The guest is no longer a participant.
    Gone,
    /// The browser is a guest of several sessions, and the page does not name one.
    Unnamed,
}

impl ShareOver {
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired => "share_expired",
            Self::Revoked => "share_revoked",
            Self::Removed => "share_removed",
            Self::SessionEnded => "session_ended",
            Self::Left => "share_left",
            Self::Gone => "share_gone",
            Self::Unnamed => "guest_not_named",
        }
    }

    /// Returns a heading and a sentence for people.
    pub fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Expired => ("This share has expired", "Ask the owner for a new link."),
            Self::Revoked => (
                "This share was revoked",
                "This link is no longer valid. Ask the owner for a new one.",
            ),
            Self::Removed => {
                ("You were removed from this session", "The session continues without you.")
            }
            Self::SessionEnded => ("This session has ended", "Its shares ended with it."),
            Self::Left => (
                "You left this session",
                "Use the same link and password to rejoin while the share is active.",
            ),
            Self::Gone => (
                "You are no longer in this session",
                "Open the link you received again, or ask the owner for a new one.",
            ),
            Self::Unnamed => (
                "This browser joined several sessions",
                "Open the link of the session you want, or go to the tab that shows it.",
            ),
        }
    }
}

impl From<share_end::How> for ShareOver {
    fn from(how: share_end::How) -> Self {
        match how {
            share_end::How::TimeUp => Self::Expired,
            share_end::How::Revoked => Self::Revoked,
            share_end::How::Removed => Self::Removed,
        }
    }
}

impl Ending {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Over(session) => session.end_reason.unwrap_or(EndReason::Exited).code(),
            Self::TakenOver(_) => "taken_over",
            Self::Elsewhere(_) => "attached_elsewhere",
            Self::NotFound => "not_found",
            Self::SignedOut => "signed_out",
            Self::Share(over) => over.code(),
            Self::Stopped(_) => "stopped",
        }
    }

    /// Returns the ending of a guest whose attach was refused.
    pub fn of_guest(error: ErrorInfo) -> Self {
        Self::Share(match error.code.as_str() {
            "share_expired" => ShareOver::Expired,
            "share_revoked" => ShareOver::Revoked,
            "share_removed" => ShareOver::Removed,
            "share_left" => ShareOver::Left,
            "session_ended" | "exited" | "closed" | "expired" | "dropped" | "lost" => {
                ShareOver::SessionEnded
            }
            "not_found" | "not_joined" | "share_denied" | "guest_mismatch" => ShareOver::Gone,
            "guest_not_named" => ShareOver::Unnamed,
            code if is_signed_out(code) => ShareOver::Gone,
            _ => return Self::Stopped(error.message),
        })
    }
}

impl From<ErrorInfo> for Ending {
    fn from(error: ErrorInfo) -> Self {
        match (error.session, error.code.as_str()) {
            (Some(session), _) => Self::Over(session),
            (_, code) if is_signed_out(code) => Self::SignedOut,
            (_, "not_found") => Self::NotFound,
            (_, "attached_elsewhere") => Self::Elsewhere(error.active_client),
            _ => Self::Stopped(error.message),
        }
    }
}

/// Code of a page that was requested without a valid sign-in.
pub const SIGNED_OUT: &str = "signed_out";

/// Returns whether an error code means that the sign-in is missing or over.
pub fn is_signed_out(code: &str) -> bool {
    [SIGNED_OUT, "unauthenticated"].contains(&code)
}

/// Returns whether a refused attach is worth another attempt.
pub fn is_transient(code: &str) -> bool {
    let transient = [
        "unreachable",
        "not_understood",
        "unavailable",
        "database_full",
        "busy",
        "session_unreachable",
    ];
    transient.contains(&code)
}

/// Returns the session after the end that it reported.
pub fn ended(session: &Session, end: &wire::End) -> Session {
    let reason = match end.cause() {
        wire::EndCause::Exited => EndReason::Exited,
        wire::EndCause::Closed => EndReason::Closed,
        wire::EndCause::Expired => EndReason::Expired,
        wire::EndCause::Dropped => EndReason::Dropped,
        wire::EndCause::Lost => EndReason::Lost,
    };
    Session {
        state: SessionState::Ended,
        end_reason: Some(reason),
        exit_code: end.code,
        exit_signal: end.signal,
        ended_by: Some(end.by.clone()).filter(|by| !by.is_empty()),
        ended_at: i64::try_from(end.at).ok().and_then(DateTime::from_timestamp_millis),
        end_note: Some(end.note.clone()).filter(|note| !note.is_empty()),
        active_client: None,
        ..session.clone()
    }
}

/// Returns the client that took over.
pub fn active_client(viewer: wire::Viewer) -> Option<ActiveClient> {
    let since = i64::try_from(viewer.since).ok().and_then(DateTime::from_timestamp_millis)?;
    Some(ActiveClient { who: viewer.who, device: viewer.device, since })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str) -> ErrorInfo {
        ErrorInfo {
            code: code.into(),
            message: "x".into(),
            field: None,
            sessions: None,
            active_client: None,
            session: None,
        }
    }

    #[test]
    fn refusals_of_members() {
        for (code, ending) in [
            ("not_found", "not_found"),
            ("unauthenticated", "signed_out"),
            ("signed_out", "signed_out"),
            ("attached_elsewhere", "attached_elsewhere"),
            ("forbidden", "stopped"),
        ] {
            assert_eq!(Ending::from(error(code)).code(), ending);
        }
    }

    #[test]
    fn refusals_of_guests() {
        for (code, ending) in [
            ("share_expired", "share_expired"),
            ("share_revoked", "share_revoked"),
            ("share_removed", "share_removed"),
            ("dropped", "session_ended"),
            ("not_joined", "share_gone"),
            ("share_denied", "share_gone"),
            ("guest_mismatch", "share_gone"),
            ("guest_not_named", "guest_not_named"),
            ("too_many_attempts", "stopped"),
        ] {
            assert_eq!(Ending::of_guest(error(code)).code(), ending, "{code}");
        }
        for how in [share_end::How::TimeUp, share_end::How::Revoked, share_end::How::Removed] {
            assert_ne!(ShareOver::from(how), ShareOver::Gone);
        }
    }

    #[test]
    fn only_transient_errors_are_retried() {
        for (code, retried) in
            [("unreachable", true), ("unavailable", true), ("not_found", false), ("exited", false)]
        {
            assert_eq!(is_transient(code), retried, "{code}");
        }
    }
}
