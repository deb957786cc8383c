//! Audit log: actions with their actor, time and source.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::id::MemberId;

/// Recorded action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Id; entries sort by it.
    pub id: Uuid,
    /// Time.
    pub at: DateTime<Utc>,
    /// Member who acted; none for the local command line and for websh itself.
    pub actor_id: Option<MemberId>,
    /// Name of the actor at that time.
    pub actor: String,
    /// Channel: `page`, `token`, `share`, `command_line` or `websh`.
    pub via: String,
    /// Source address, if there is one.
    pub source: Option<String>,
    /// Action, a stable code such as `session.drop`.
    pub action: String,
    /// Kind of the target: `session`, `member`, `settings`, …
    pub target_kind: String,
    /// Id of the target, if it has one.
    pub target_id: Option<String>,
    /// Name of the target at that time.
    pub target: String,
    /// Details such as old and new values; never a secret.
    pub detail: Option<String>,
}

/// Action of an audit entry. Its string, such as `session.drop`, is stable: the database and the JSON
/// contain it. Entries of another version may have actions that are not listed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, IntoStaticStr, VariantArray)]
#[expect(missing_docs, reason = "the strings document the actions")]
pub enum AuditAction {
    #[strum(serialize = "session.create")]
    SessionCreate,
    #[strum(serialize = "session.attach")]
    SessionAttach,
    #[strum(serialize = "session.take_over")]
    SessionTakeOver,
    #[strum(serialize = "session.watch")]
    SessionWatch,
    #[strum(serialize = "session.rename")]
    SessionRename,
    #[strum(serialize = "session.policy")]
    SessionPolicy,
    #[strum(serialize = "session.close")]
    SessionClose,
    #[strum(serialize = "session.drop")]
    SessionDrop,
    #[strum(serialize = "session.drop_all")]
    SessionDropAll,
    #[strum(serialize = "session.expire")]
    SessionExpire,
    #[strum(serialize = "session.exit")]
    SessionExit,
    #[strum(serialize = "session.lost")]
    SessionLost,
    #[strum(serialize = "member.invite")]
    MemberInvite,
    #[strum(serialize = "member.join")]
    MemberJoin,
    #[strum(serialize = "member.role")]
    MemberRole,
    #[strum(serialize = "member.name")]
    MemberName,
    #[strum(serialize = "member.deactivate")]
    MemberDeactivate,
    #[strum(serialize = "member.activate")]
    MemberActivate,
    #[strum(serialize = "member.reset")]
    MemberReset,
    #[strum(serialize = "member.mail_failed")]
    MemberMailFailed,
    #[strum(serialize = "member.password")]
    MemberPassword,
    #[strum(serialize = "member.sign_in")]
    MemberSignIn,
    #[strum(serialize = "member.sign_in_failed")]
    MemberSignInFailed,
    #[strum(serialize = "member.sign_out")]
    MemberSignOut,
    #[strum(serialize = "share.create")]
    ShareCreate,
    #[strum(serialize = "share.join")]
    ShareJoin,
    #[strum(serialize = "share.leave")]
    ShareLeave,
    #[strum(serialize = "share.denied")]
    ShareDenied,
    #[strum(serialize = "share.extend")]
    ShareExtend,
    #[strum(serialize = "share.mode")]
    ShareMode,
    #[strum(serialize = "share.guests_alone")]
    ShareGuestsAlone,
    #[strum(serialize = "share.remove")]
    ShareRemove,
    #[strum(serialize = "share.revoke")]
    ShareRevoke,
    #[strum(serialize = "share.expire")]
    ShareExpire,
    #[strum(serialize = "share.session_ended")]
    ShareSessionEnded,
    #[strum(serialize = "share.mail_failed")]
    ShareMailFailed,
    #[strum(serialize = "token.create")]
    TokenCreate,
    #[strum(serialize = "token.rename")]
    TokenRename,
    #[strum(serialize = "token.remove")]
    TokenRemove,
    #[strum(serialize = "grant.add")]
    GrantAdd,
    #[strum(serialize = "grant.remove")]
    GrantRemove,
    #[strum(serialize = "settings.change")]
    SettingsChange,
    #[strum(serialize = "audit.export")]
    AuditExport,
}

impl AuditAction {
    /// All actions.
    pub const ALL: &[Self] = <Self as VariantArray>::VARIANTS;

    /// Returns the part of the string before the dot, by which entries are filtered.
    pub fn kind(self) -> &'static str {
        let name: &'static str = self.into();
        name.split('.').next().unwrap_or(name)
    }
}

/// `GET /audit` and `GET /audit/export`: absent fields do not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct AuditFilter {
    /// Part of actor, target or detail.
    pub q: Option<String>,
    /// Action, or its part before the dot.
    pub action: Option<String>,
    /// Start of the time range, inclusive.
    pub from: Option<DateTime<Utc>>,
    /// End of the time range, exclusive.
    pub to: Option<DateTime<Utc>>,
}

/// `GET /audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditPage {
    /// Newest first.
    pub items: Vec<AuditEntry>,
    /// Cursor of the next page; none on the last one.
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn action_strings_are_stable() {
        assert_eq!(AuditAction::ALL.len(), 43);
        for action in AuditAction::ALL {
            let text = action.to_string();
            assert_eq!(text.parse(), Ok(*action));
            assert!(text.starts_with(&format!("{}.", action.kind())), "{text}");
        }
        assert_eq!(AuditAction::SessionTakeOver.to_string(), "session.take_over");
        assert!("session.unknown".parse::<AuditAction>().is_err());
    }
}
