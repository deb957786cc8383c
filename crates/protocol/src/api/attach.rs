//! Attaching: what happens to a second client, who drives, and the ticket that opens a socket.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

/// What happens when the owner attaches a second client.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AttachPolicy {
    /// The new client takes over; the old one is told by whom.
    #[default]
    Handoff,
    /// The second client is refused unless it asks to take over.
    Single,
    /// Several clients, one driver at a time.
    Multi,
}

/// A client that drives a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActiveClient {
    /// Name of the person.
    pub who: String,
    /// What they use, such as `Firefox on Linux`.
    pub device: String,
    /// Attached since.
    pub since: DateTime<Utc>,
}

/// Somebody who is attached to a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Present {
    /// Their number in this session, which also gives them their colour.
    pub viewer: u64,
    /// Their name.
    pub who: String,
    /// What they use, such as `Firefox on Linux`.
    pub device: String,
    /// They came by a share.
    pub guest: bool,
    /// What they do.
    pub doing: Doing,
}

/// What somebody who is attached does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// Types: their input reached the shell in the last seconds, while others are there to see it.
    Types,
    /// Drives.
    Drives,
    /// Asks to drive.
    Asks,
    /// Looks as a superuser at somebody else's session.
    Oversees,
    /// Watches.
    Watches,
}

impl Doing {
    /// Of all that may hold of somebody, what is said.
    #[must_use]
    pub fn of(typing: bool, driving: bool, asking: bool, overseeing: bool) -> Self {
        match (typing, driving, asking, overseeing) {
            (true, ..) => Self::Types,
            (_, true, ..) => Self::Drives,
            (_, _, true, _) => Self::Asks,
            (.., true) => Self::Oversees,
            _ => Self::Watches,
        }
    }
}

/// How to attach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AttachMode {
    /// Keys go to the shell; the screen follows this client's size.
    #[default]
    Drive,
    /// Sees everything, changes nothing.
    Watch,
}

/// `POST /sessions/{id}/attach`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Attach {
    /// Drive or watch.
    #[serde(default)]
    pub mode: AttachMode,
    /// Take over from the client that drives now, where the policy asks first.
    #[serde(default)]
    pub take_over: bool,
}

/// What an attach is answered: how to open the socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// Single use, for 30 s, bound to the sign-in, the session and the mode. Sent in the first
    /// message, never in a URL.
    pub ticket: String,
    /// Path of the WebSocket.
    pub url: String,
    /// The WebSocket subprotocol to ask for.
    pub subprotocol: String,
    /// When the ticket stops working.
    pub expires_at: DateTime<Utc>,
}
