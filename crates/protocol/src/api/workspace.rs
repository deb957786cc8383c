//! The workspace's settings and the figure that goes with them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use super::{AttachPolicy, whole};

/// What keeps a session alive, besides attaching and typing.
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
pub enum KeepAlive {
    /// Nothing: only input of the owner counts.
    Input,
    /// A visible page of the owner.
    #[default]
    Attached,
    /// That, or output of its programs.
    Working,
}

/// Whether guests only look.
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
pub enum ShareReadOnly {
    /// As who shares last chose; at first they may type.
    #[default]
    Chosen,
    /// So it starts, and who shares may choose otherwise.
    Preset,
    /// Always.
    Forced,
}

/// How a guest who may type comes to drive.
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
pub enum BatonRule {
    /// Who drives has not typed for 2 s: who types then drives.
    #[default]
    Free,
    /// Who drives grants it.
    Ask,
}

/// `GET` and `PUT /workspace/settings`. A PUT says all of it; the last two fields are ignored then. A
/// number that is none is read as 0, which is out of every bound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WorkspaceSettings {
    /// The workspace's name, 1–64 characters: what *drop all* asks to be typed.
    pub name: String,
    /// Minutes after which an unused session expires.
    #[serde(deserialize_with = "whole::positive")]
    #[cfg_attr(feature = "openapi", schema(minimum = 10, maximum = 1440))]
    pub session_timeout_minutes: u32,
    /// What keeps a session alive.
    pub keep_alive: KeepAlive,
    /// What a second attach does where a session does not say.
    pub attach_policy: AttachPolicy,
    /// Living sessions a member may have.
    #[serde(deserialize_with = "whole::positive")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1000))]
    pub max_sessions_per_user: u32,
    /// Living sessions that one API token may have opened.
    #[serde(deserialize_with = "whole::positive")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1000))]
    pub max_sessions_per_token: u32,
    /// Living sessions of the whole workspace.
    #[serde(deserialize_with = "whole::positive")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100000))]
    pub max_sessions: u32,
    /// Sessions a member may open in a minute.
    #[serde(deserialize_with = "whole::positive")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 600))]
    pub max_creates_per_minute: u32,
    /// MiB of history a session may hold.
    #[serde(deserialize_with = "whole::positive")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1024))]
    pub history_mib: u32,
    /// Days that ended sessions are kept in the history.
    #[serde(deserialize_with = "whole::positive")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 365))]
    pub keep_ended_days: u32,
    /// Members may share their sessions.
    pub sharing_enabled: bool,
    /// Longest time of a share, in minutes.
    #[serde(deserialize_with = "whole::positive")]
    #[cfg_attr(feature = "openapi", schema(minimum = 5, maximum = 180))]
    pub share_max_minutes: u32,
    /// Whether guests only look.
    pub share_read_only: ShareReadOnly,
    /// How a guest comes to drive.
    pub share_baton: BatonRule,
    /// Most guests of a share at a time.
    #[serde(deserialize_with = "whole::positive")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    pub share_max_guests: u32,
    /// Name of who changed them last.
    #[serde(default)]
    pub changed_by: Option<String>,
    /// When.
    #[serde(default)]
    pub changed_at: Option<DateTime<Utc>>,
}

impl Default for WorkspaceSettings {
    /// What is in force until somebody changes it.
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
            share_max_minutes: 180,
            share_read_only: ShareReadOnly::Chosen,
            share_baton: BatonRule::Free,
            share_max_guests: 50,
            changed_by: None,
            changed_at: None,
        }
    }
}

/// `GET /workspace/usage`: what sessions hold right now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkspaceUsage {
    /// Sessions that run.
    pub sessions: u32,
    /// Of them, how many nobody is attached to.
    pub idle: u32,
    /// Memory of all their processes, in bytes.
    pub memory_bytes: u64,
    /// Of that, what the idle ones hold.
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
