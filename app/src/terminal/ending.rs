//! Why a terminal page shows no running terminal, and what a person can do about it. Pure.

use chrono::{DateTime, Utc};
use protocol::{
    api::{ActiveClient, EndReason, Session},
    wire::{self, share_end},
};

use crate::error::PageError;

/// What stands in place of the terminal, or over its last screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// The session is over.
    Over(Box<Session>),
    /// Another client drives now.
    TakenOver(Option<ActiveClient>),
    /// Another client drives, and the session's policy is to ask first.
    Elsewhere(Option<ActiveClient>),
    /// There is no such session for this member.
    NotFound,
    /// The sign-in is over.
    SignedOut,
    /// The share that a guest came by is over for them.
    Share(ShareOver),
    /// Anything else: one sentence.
    Stopped(String),
}

/// How a share ended for a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareOver {
    /// Its time is up.
    Expired,
    /// It was taken back.
    Revoked,
    /// The guest was shown out.
    Removed,
    /// The session is over.
    SessionEnded,
    /// The guest left.
    Left,
    /// The guest is not in any more.
    Gone,
}

impl ShareOver {
    /// The stable word.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Expired => "share_expired",
            Self::Revoked => "share_revoked",
            Self::Removed => "share_removed",
            Self::SessionEnded => "session_ended",
            Self::Left => "share_left",
            Self::Gone => "share_gone",
        }
    }

    /// Heading and the sentence beneath it.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Expired => (
                "The time of this share is up",
                "Whoever shared the session can send you a new link.",
            ),
            Self::Revoked => (
                "This share was taken back",
                "Its link works no more. Whoever shared the session can send you a new one.",
            ),
            Self::Removed => {
                ("You were removed from this session", "The session goes on without you.")
            }
            Self::SessionEnded => (
                "The session has ended",
                "Its shell is over, and so is everything that was shared.",
            ),
            Self::Left => (
                "You left this session",
                "While the share lasts, the same link and password bring you back.",
            ),
            Self::Gone => (
                "You are not in this session any more",
                "Open the link that you were sent once more, or ask for a new one.",
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
    /// The stable word.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Over(session) => session.end_reason.unwrap_or(EndReason::Exited).code(),
            Self::TakenOver(_) => "taken_over",
            Self::Elsewhere(_) => "attached_elsewhere",
            Self::NotFound => "not_found",
            Self::SignedOut => "signed_out",
            Self::Share(over) => over.reason(),
            Self::Stopped(_) => "stopped",
        }
    }
}

impl From<PageError> for Ending {
    fn from(error: PageError) -> Self {
        let signed_out = error.is_signed_out();
        let info = *error.0;
        match (info.session, info.code.as_str()) {
            (Some(session), _) => Self::Over(session),
            _ if signed_out => Self::SignedOut,
            (_, "not_found") => Self::NotFound,
            (_, "attached_elsewhere") => Self::Elsewhere(info.active_client),
            _ => Self::Stopped(info.message),
        }
    }
}

/// Whether asking again by itself makes sense.
#[must_use]
pub fn passes(error: &PageError) -> bool {
    let passing = [
        "unreachable",
        "not_understood",
        "unavailable",
        "database_full",
        "busy",
        "session_unreachable",
    ];
    passing.contains(&error.code())
}

/// The session as it is after its own last word.
#[must_use]
pub fn ended(session: &Session, end: &wire::End) -> Session {
    let reason = match end.cause() {
        wire::EndCause::Exited => EndReason::Exited,
        wire::EndCause::Closed => EndReason::Closed,
        wire::EndCause::Expired => EndReason::Expired,
        wire::EndCause::Dropped => EndReason::Dropped,
        wire::EndCause::Lost => EndReason::Lost,
    };
    let at = i64::try_from(end.at).ok().and_then(DateTime::<Utc>::from_timestamp_millis);
    Session {
        state: protocol::api::SessionState::Ended,
        end_reason: Some(reason),
        exit_code: end.code,
        exit_signal: end.signal,
        ended_by: Some(end.by.clone()).filter(|by| !by.is_empty()),
        ended_at: at,
        end_note: Some(end.note.clone()).filter(|note| !note.is_empty()),
        active_client: None,
        ..session.clone()
    }
}

/// Why a guest is refused where they had been let in.
#[must_use]
pub fn of_guest(error: PageError) -> Ending {
    Ending::Share(match error.code() {
        "share_expired" => ShareOver::Expired,
        "share_revoked" => ShareOver::Revoked,
        "share_removed" => ShareOver::Removed,
        "share_left" => ShareOver::Left,
        "session_ended" | "exited" | "closed" | "expired" | "dropped" | "lost" => {
            ShareOver::SessionEnded
        }
        "not_found" | "not_joined" | "share_denied" => ShareOver::Gone,
        _ if error.is_signed_out() => ShareOver::Gone,
        _ => return Ending::Stopped(error.0.message),
    })
}

/// Who took over, from the wire.
#[must_use]
pub fn client(viewer: wire::Viewer) -> Option<ActiveClient> {
    let since = i64::try_from(viewer.since).ok().and_then(DateTime::from_timestamp_millis)?;
    Some(ActiveClient { who: viewer.who, device: viewer.device, since })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals() {
        for (code, reason) in [
            ("not_found", "not_found"),
            ("unauthenticated", "signed_out"),
            ("signed_out", "signed_out"),
            ("attached_elsewhere", "attached_elsewhere"),
            ("forbidden", "stopped"),
        ] {
            assert_eq!(Ending::from(PageError::new(code, "x")).reason(), reason);
        }
    }

    #[test]
    fn guests_are_told_why() {
        for (code, reason) in [
            ("share_expired", "share_expired"),
            ("share_revoked", "share_revoked"),
            ("share_removed", "share_removed"),
            ("dropped", "session_ended"),
            ("not_joined", "share_gone"),
            ("share_denied", "share_gone"),
            ("too_many_attempts", "stopped"),
        ] {
            assert_eq!(of_guest(PageError::new(code, "x")).reason(), reason, "{code}");
        }
        for how in [share_end::How::TimeUp, share_end::How::Revoked, share_end::How::Removed] {
            assert_ne!(ShareOver::from(how), ShareOver::Gone);
        }
    }

    #[test]
    fn only_passing_troubles_are_tried_again() {
        for (code, again) in
            [("unreachable", true), ("unavailable", true), ("not_found", false), ("exited", false)]
        {
            assert_eq!(passes(&PageError::new(code, "x")), again, "{code}");
        }
    }
}
