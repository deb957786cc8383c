//! Sessions: their fields, and the requests to create, change and list them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

use super::{ActiveClient, AttachPolicy, Present};
use crate::id::SessionId;

/// State of a session.
#[derive(
    Clone,
    Copy,
    Debug,
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
pub enum SessionState {
    /// The session process is starting.
    Starting,
    Active,
    /// Ended; `end_reason` has the reason.
    Ended,
}

/// Reason why a session ended. Also the `code` of the 410 response for its id.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
    ToSchema,
)]
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
    pub name: Option<String>,
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
