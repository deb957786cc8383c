//! Settings of the workspace, and its usage.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};
use utoipa::ToSchema;

use super::{AttachPolicy, limits, whole};

/// Activity that keeps a session alive, besides attaching and typing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[derive(Serialize, Deserialize, Display, EnumString, VariantArray, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum KeepAlive {
    /// Input of the owner only.
    Input,
    /// Input of the owner, or a visible page of the owner.
    #[default]
    Attached,
    /// Activity of `attached`, or output of the session's programs.
    Working,
}

/// Default for read-only shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[derive(Serialize, Deserialize, Display, EnumString, VariantArray, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ShareReadOnly {
    /// The owner's last choice; full access at first.
    #[default]
    Chosen,
    /// Read-only by default; the owner may choose full access.
    Preset,
    /// Always read-only.
    Forced,
}

/// Way in which a guest with full access gets to drive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[derive(Serialize, Deserialize, Display, EnumString, VariantArray, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum BatonRule {
    /// By typing, once the driver was idle for 2 s.
    #[default]
    Free,
    /// By a grant of the driver.
    Ask,
}

/// `GET` and `PUT /workspace/settings`. A PUT has all fields, of which the last two are ignored. A number
/// that is not a whole number is read as 0, which is out of all bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceSettings {
    /// Name of the workspace, 1–64 characters. *Drop all* requires it as a confirmation.
    pub name: String,
    /// Minutes after which an idle session expires.
    #[serde(deserialize_with = "whole::positive")]
    #[schema(minimum = 10, maximum = 1440)]
    pub session_timeout_minutes: u32,
    /// Activity that keeps a session alive.
    pub keep_alive: KeepAlive,
    /// Default policy for a second client.
    pub attach_policy: AttachPolicy,
    /// Limit of running sessions per member.
    #[serde(deserialize_with = "whole::positive")]
    #[schema(minimum = 1, maximum = 1000)]
    pub max_sessions_per_user: u32,
    /// Limit of running sessions per API token.
    #[serde(deserialize_with = "whole::positive")]
    #[schema(minimum = 1, maximum = 1000)]
    pub max_sessions_per_token: u32,
    /// Limit of running sessions in the workspace.
    #[serde(deserialize_with = "whole::positive")]
    #[schema(minimum = 1, maximum = 100000)]
    pub max_sessions: u32,
    /// Limit of sessions that a member may create per minute.
    #[serde(deserialize_with = "whole::positive")]
    #[schema(minimum = 1, maximum = 600)]
    pub max_creates_per_minute: u32,
    /// Limit of history per session, in MiB.
    #[serde(deserialize_with = "whole::positive")]
    #[schema(minimum = 1, maximum = 1024)]
    pub history_mib: u32,
    /// Retention of ended sessions, in days.
    #[serde(deserialize_with = "whole::positive")]
    #[schema(minimum = 1, maximum = 365)]
    pub keep_ended_days: u32,
    /// Members may share their sessions.
    pub sharing_enabled: bool,
    /// Longest duration of a share, in minutes.
    #[serde(deserialize_with = "whole::positive")]
    #[schema(minimum = 5, maximum = 180)]
    pub share_max_minutes: u32,
    /// Default for read-only shares.
    pub share_read_only: ShareReadOnly,
    /// Way in which a guest gets to drive.
    pub share_baton: BatonRule,
    /// Most concurrent guests of a share.
    #[serde(deserialize_with = "whole::positive")]
    #[schema(minimum = 1, maximum = 200)]
    pub share_max_guests: u32,
    /// Name of the person who changed the settings last.
    pub changed_by: Option<String>,
    /// Time of the last change.
    pub changed_at: Option<DateTime<Utc>>,
}

impl Default for WorkspaceSettings {
    /// Returns the settings of a new workspace.
    fn default() -> Self {
        Self {
            name: "websh".to_owned(),
            session_timeout_minutes: 60,
            keep_alive: KeepAlive::Attached,
            attach_policy: AttachPolicy::Handoff,
            max_sessions_per_user: 50,
            max_sessions_per_token: 50,
            max_sessions: 1000,
            max_creates_per_minute: 30,
            history_mib: 64,
            keep_ended_days: 30,
            sharing_enabled: true,
            share_max_minutes: *limits::SHARE_MINUTES.end(),
            share_read_only: ShareReadOnly::Chosen,
            share_baton: BatonRule::Free,
            share_max_guests: 50,
            changed_by: None,
            changed_at: None,
        }
    }
}

/// `GET /workspace/usage`: current resources of all sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkspaceUsage {
    /// Running sessions.
    pub sessions: u32,
    /// Running sessions without an attached client.
    pub idle: u32,
    /// Memory of all their processes, in bytes.
    pub memory_bytes: u64,
    /// Memory of the idle sessions, in bytes.
    pub idle_memory_bytes: u64,
    /// Bytes of screens and history.
    pub bytes_buffered: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_none_is_out_of_bounds_and_an_absent_one_is_absent() {
        let settings = serde_json::to_value(WorkspaceSettings::default()).unwrap();
        for (json, minutes) in [
            ("10", 10),
            ("4294967295", u32::MAX),
            ("4294967296", 0),
            ("-1", 0),
            ("10.5", 0),
            ("\"60\"", 0),
            ("null", 0),
            ("true", 0),
            ("[60]", 0),
            ("{\"a\":[1]}", 0),
        ] {
            let mut given = settings.clone();
            given["session_timeout_minutes"] = serde_json::from_str(json).unwrap();
            let read: WorkspaceSettings = serde_json::from_value(given).unwrap();
            assert_eq!(read.session_timeout_minutes, minutes, "{json}");
        }
        let mut given = settings;
        given.as_object_mut().unwrap().remove("history_mib");
        assert!(serde_json::from_value::<WorkspaceSettings>(given).is_err());
    }
}
