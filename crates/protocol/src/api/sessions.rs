//! Sessions: their fields, the requests to create, change, list and attach to them, and errors, which may name
//! some.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

use crate::id::{HolderId, SessionId};

/// State of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[derive(Serialize, Deserialize, Display, EnumString, VariantArray, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SessionState {
    /// The session process is starting.
    Starting,
    /// Running.
    Active,
    /// Ended; `end_reason` has the reason.
    Ended,
}

/// Reason why a session ended. Also the `code` of the 410 response for its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[derive(Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum EndReason {
    /// The shell exited.
    Exited,
    /// The owner closed it.
    Closed,
    /// It was idle for longer than the timeout.
    Expired,
    /// Staff dropped it.
    Dropped,
    /// The session process disappeared, by a crash of the process or of the machine.
    Lost,
}

impl EndReason {
    /// Returns the stable string used on the wire, in the database and as an error code.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// Session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Id, constant from creation to the history of ended sessions; part of the URL.
    pub id: SessionId,
    /// Name, 1–64 characters.
    pub name: String,
    /// Name of the owner.
    pub owner: String,
    /// Server id.
    pub server: String,
    /// Account of its shell.
    pub account: String,
    pub state: SessionState,
    /// Policy for a second client.
    pub attach_policy: AttachPolicy,
    pub created_at: DateTime<Utc>,
    /// Last attach, input or heartbeat of the owner's clients.
    pub last_seen: DateTime<Utc>,
    /// Time of expiry without activity; none without a timeout.
    pub expires_at: Option<DateTime<Utc>>,
    /// Bytes of its screen and history.
    pub bytes_buffered: u64,
    /// Client of the owner that drives or, while a guest drives, attached to drive.
    pub active_client: Option<ActiveClient>,
    /// Attached clients of members, including those that watch.
    pub clients: u32,
    /// Attached guests.
    pub guests: u32,
    /// Participants and their activity, for the owner: the first 16, drivers and requests first.
    #[serde(default)]
    pub present: Vec<Present>,
    /// Wrong passwords tried for its active shares, for the owner.
    #[serde(default)]
    pub wrong_passwords: u32,
    /// Number of guests who joined, for the owner, in the list of ended sessions. Its shares have the details.
    #[serde(default)]
    pub visitors: u32,
    /// Title that the program set.
    pub title: String,
    /// Name of the program in the foreground, unless it is the shell.
    pub foreground: Option<String>,
    pub cols: u16,
    pub rows: u16,
    /// End time of an ended session.
    pub ended_at: Option<DateTime<Utc>>,
    pub end_reason: Option<EndReason>,
    /// Person who ended it, if one did.
    pub ended_by: Option<String>,
    /// Exit status of the shell, if it exited.
    pub exit_code: Option<i32>,
    /// Signal that ended the shell, if one did.
    pub exit_signal: Option<i32>,
    /// Reason given by the person who ended it.
    pub end_note: Option<String>,
}

/// `POST /sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// Server id.
    pub server: String,
    /// Account on the server.
    pub account: String,
    /// Name; `{account}@{server}` and a number if absent.
    pub name: Option<String>,
    /// Policy for a second client; the workspace's default if absent.
    pub attach_policy: Option<AttachPolicy>,
    /// Initial columns; 80 if absent, clamped to 2–1000.
    pub cols: Option<u16>,
    /// Initial rows; 24 if absent, clamped to 2–500.
    pub rows: Option<u16>,
    /// Key of 1–64 characters chosen by the caller. A repeated request returns the session of the first one.
    pub idempotency_key: Option<String>,
}

/// `PATCH /sessions/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeSession {
    /// New name, 1–64 characters.
    pub name: Option<String>,
    /// New policy, for clients that attach later.
    pub attach_policy: Option<AttachPolicy>,
}

/// Owners whose sessions to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Sessions of the caller.
    #[default]
    Mine,
    /// Sessions of all members; staff and superusers only.
    All,
}

/// State of the sessions to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// Starting or running.
    #[default]
    Active,
    /// Ended.
    Ended,
}

/// `GET /sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionPage {
    /// Newest first.
    pub items: Vec<Session>,
    /// Cursor of the next page; none on the last one.
    pub next: Option<String>,
}

/// Policy for a second client of the owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[derive(Serialize, Deserialize, Display, EnumString, VariantArray, ToSchema)]
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
    /// Drives, without recent input.
    Drives,
    /// Requests to drive.
    Asks,
    /// Watches another member's session as a superuser.
    Oversees,
    /// Watches, by choice or without the baton.
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
    /// Time of expiry, 30 s after the ticket was issued.
    pub expires_at: DateTime<Utc>,
    /// Session to attach to. A client with unacknowledged input stops if this changes. Absent from servers
    /// before this field.
    #[serde(default)]
    pub session: Option<SessionId>,
    /// Member or guest who attaches, with the same rule.
    #[serde(default)]
    pub holder: Option<HolderId>,
}

/// Body of every error response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    pub error: ErrorInfo,
}

/// Error, with a code for programs and a sentence for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorInfo {
    /// Stable snake_case code.
    pub code: String,
    /// Sentence for people.
    pub message: String,
    /// Field that the error concerns, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Sessions of the caller, with `session_limit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Vec<Session>>,
    /// Attached client, with `attached_elsewhere`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_client: Option<ActiveClient>,
    /// Ended session, with status 410.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Box<Session>>,
}
