//! Sessions: what is known of one, opening, changing and listing them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::{ActiveClient, AttachPolicy, Present};
use crate::id::SessionId;

/// Where a session is in its life.
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
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SessionState {
    /// The process is being started.
    Starting,
    /// Alive.
    Active,
    /// Over; `end_reason` says why.
    Ended,
}

/// Why a session ended. Also the `code` of the 410 its id answers from then on.
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
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum EndReason {
    /// The shell ended by itself.
    Exited,
    /// Its owner closed it.
    Closed,
    /// Nobody used it for longer than the timeout.
    Expired,
    /// Staff ended it.
    Dropped,
    /// Its process vanished: a crash of the process or of the machine.
    Lost,
}

impl EndReason {
    /// Stable string used on the wire, in the database and as error code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Stable from creation to the history of ended sessions; part of the URL.
    pub id: SessionId,
    /// Given by its owner, 1–64 characters.
    pub name: String,
    /// The owner's name.
    pub owner: String,
    /// Server id.
    pub server: String,
    /// The account its shell runs as.
    pub account: String,
    /// Where it is in its life.
    pub state: SessionState,
    /// What a second attach does.
    pub attach_policy: AttachPolicy,
    /// Creation time.
    pub created_at: DateTime<Utc>,
    /// Last attach, input or heartbeat of the owner's clients.
    pub last_seen: DateTime<Utc>,
    /// When it will expire if nothing happens; none when there is no timeout.
    pub expires_at: Option<DateTime<Utc>>,
    /// Bytes of screen and history held for it.
    pub bytes_buffered: u64,
    /// The client of the owner that drives it now or, while a guest does, came to drive.
    pub active_client: Option<ActiveClient>,
    /// Attached clients of members, watching ones included.
    pub clients: u32,
    /// Attached guests.
    pub guests: u32,
    /// Who is attached and what they do, for the owner: the first 16, who drives or asks before the others.
    #[serde(default)]
    pub present: Vec<Present>,
    /// Wrong passwords that were tried for its living shares, for the owner.
    #[serde(default)]
    pub wrong_passwords: u32,
    /// Guests who came while it lasted, for the owner, in the list of ended sessions: its shares are the receipt.
    #[serde(default)]
    pub visitors: u32,
    /// The title its program set.
    pub title: String,
    /// The foreground program's name when it is not the shell itself.
    pub foreground: Option<String>,
    /// Columns of its screen.
    pub cols: u16,
    /// Rows of its screen.
    pub rows: u16,
    /// End time of an ended session.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it ended.
    pub end_reason: Option<EndReason>,
    /// Who ended it, when a person did.
    pub ended_by: Option<String>,
    /// The shell's exit status, when it exited by itself.
    pub exit_code: Option<i32>,
    /// The signal that ended the shell, if one did.
    pub exit_signal: Option<i32>,
    /// Why it was ended, in the words of who did it.
    #[serde(default)]
    pub end_note: Option<String>,
}

/// `POST /sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// Server id.
    pub server: String,
    /// Registered account on it.
    pub account: String,
    /// Name; `{account}@{server}` and a number when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// What a second attach does; the workspace's default when absent.
    #[serde(default)]
    pub attach_policy: Option<AttachPolicy>,
    /// Columns to start with; 80 when absent, clamped to 2–1000.
    #[serde(default)]
    pub cols: Option<u16>,
    /// Rows to start with; 24 when absent, clamped to 2–500.
    #[serde(default)]
    pub rows: Option<u16>,
    /// 1–64 characters of the caller's choice: a repeated create returns the session the first one made.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// `PATCH /sessions/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeSession {
    /// New name.
    #[serde(default)]
    pub name: Option<String>,
    /// New attach policy.
    #[serde(default)]
    pub attach_policy: Option<AttachPolicy>,
}

/// Whose sessions to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The caller's own.
    #[default]
    Mine,
    /// Everybody's: staff and superusers.
    All,
}

/// Which part of their life to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// Starting or alive.
    #[default]
    Active,
    /// Ended.
    Ended,
}

/// `GET /sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionPage {
    /// Newest first.
    pub items: Vec<Session>,
    /// The cursor of the next page, none on the last one.
    pub next: Option<String>,
}
