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
    /// Anything else: one sentence.
    Stopped(String),
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
    let passing = ["unreachable", "not_understood", "unavailable", "busy", "session_unreachable"];
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

/// How a guest's share ended, as a sentence.
#[must_use]
pub fn share_ended(how: share_end::How) -> &'static str {
    match how {
        share_end::How::TimeUp => "The time of this share is up.",
        share_end::How::Revoked => "This share was revoked.",
        share_end::How::Removed => "You were removed from this session.",
    }
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
    fn only_passing_troubles_are_tried_again() {
        for (code, again) in
            [("unreachable", true), ("unavailable", true), ("not_found", false), ("exited", false)]
        {
            assert_eq!(passes(&PageError::new(code, "x")), again, "{code}");
        }
    }
}
