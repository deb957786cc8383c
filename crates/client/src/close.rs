//! Reasons for which an attachment does not come back by itself, and the close codes that carry them.

use protocol::close;

/// Reason for which an attachment is over until a person acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// Given by the last message of the server or the session.
    Explained,
    /// The sign-in is over.
    SignedOut,
    /// Access was withdrawn.
    Forbidden,
    /// Another client drives now.
    TakenOver,
    /// The session or the share is over.
    Gone,
    /// One side did not understand the other.
    Misunderstood,
    /// More input than the program takes, or more terminals than allowed.
    TooMuch,
}

impl CloseReason {
    /// Returns the reason that a close code stands for; none when reconnecting makes sense.
    pub fn from_code(code: u16) -> Option<Self> {
        match code {
            close::ENDED | close::GONE | close::IDLE => Some(Self::Gone),
            close::SIGNED_OUT => Some(Self::SignedOut),
            close::FORBIDDEN => Some(Self::Forbidden),
            close::TAKEN_OVER => Some(Self::TakenOver),
            close::BAD_MESSAGE | close::TOO_BIG => Some(Self::Misunderstood),
            close::TOO_MANY => Some(Self::TooMuch),
            _ => None,
        }
    }

    /// Returns the sentence for people.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Explained | Self::Gone => "The session closed this connection. Attach again.",
            Self::SignedOut => "You were signed out. Sign in again.",
            Self::Forbidden => "You no longer have access to this session.",
            Self::TakenOver => "Another client took over this session.",
            Self::Misunderstood => {
                "This client and the server are incompatible. Update the older one."
            }
            Self::TooMuch => {
                "Too much unread input or too many open terminals. Close some and attach again."
            }
        }
    }
}
