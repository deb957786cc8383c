//! Attaching: policies for a second client, participants, and the ticket for a socket.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};
use utoipa::ToSchema;

/// Policy for a second client of the owner.
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
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AttachPolicy {
    /// The new client takes over, and the old one is notified.
    #[default]
    Handoff,
    /// The second client is refused unless it requests to take over.
    Single,
    /// Several clients, one driver at a time.
    Multi,
}

/// Client that drives a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActiveClient {
    /// Name of the person.
    pub who: String,
    /// Device, such as `Firefox on Linux`.
    pub device: String,
    /// Time of the attach.
    pub since: DateTime<Utc>,
}

/// Participant of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Present {
    /// Number within the session, which also determines the colour.
    pub viewer: u64,
    pub who: String,
    /// Device, such as `Firefox on Linux`.
    pub device: String,
    /// Joined by a share.
    pub guest: bool,
    pub doing: Doing,
}

/// Activity of a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// Types: input reached the shell in the last seconds, while others are attached.
    Types,
    Drives,
    Asks,
    /// Watches another member's session as a superuser.
    Oversees,
    Watches,
}

impl Doing {
    /// Returns the activity to show when several apply.
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

/// Mode of an attach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttachMode {
    /// Input reaches the shell, and the screen has this client's size.
    #[default]
    Drive,
    /// Read-only.
    Watch,
}

/// `POST /sessions/{id}/attach`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attach {
    /// Drive or watch.
    #[serde(default)]
    pub mode: AttachMode,
    /// Take over from the current driver, where the policy requires a confirmation.
    #[serde(default)]
    pub take_over: bool,
}

/// Ticket for a socket, the response to an attach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ticket {
    /// Secret for one use within 30 s, bound to the sign-in, the session and the mode. Sent in the first
    /// message, never in a URL.
    pub ticket: String,
    /// Path of the WebSocket.
    pub url: String,
    /// WebSocket subprotocol to request.
    pub subprotocol: String,
    pub expires_at: DateTime<Utc>,
}
