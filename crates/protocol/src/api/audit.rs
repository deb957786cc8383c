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

macro_rules! actions {
    ($($action:ident = $code:literal,)*) => {
        /// Action of an audit entry. Its string, such as `session.drop`, is stable: the database and the
        /// JSON contain it. Entries of another version may have actions that are not listed here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[derive(Display, EnumString, IntoStaticStr, VariantArray)]
        pub enum AuditAction {
            $(#[strum(serialize = $code)] $action,)*
        }
    };
}

actions! {
    SessionCreate = "session.create",
    SessionAttach = "session.attach",
    SessionTakeOver = "session.take_over",
    SessionWatch = "session.watch",
    SessionRename = "session.rename",
    SessionPolicy = "session.policy",
    SessionClose = "session.close",
    SessionDrop = "session.drop",
    SessionDropAll = "session.drop_all",
    SessionExpire = "session.expire",
    SessionExit = "session.exit",
    SessionLost = "session.lost",
    MemberInvite = "member.invite",
    MemberJoin = "member.join",
    MemberRole = "member.role",
    MemberName = "member.name",
    MemberDeactivate = "member.deactivate",
    MemberActivate = "member.activate",
    MemberReset = "member.reset",
    MemberMailFailed = "member.mail_failed",
    MemberPassword = "member.password",
    MemberSignIn = "member.sign_in",
    MemberSignInFailed = "member.sign_in_failed",
    MemberSignOut = "member.sign_out",
    ShareCreate = "share.create",
    ShareJoin = "share.join",
    ShareLeave = "share.leave",
    ShareDenied = "share.denied",
    ShareExtend = "share.extend",
    ShareMode = "share.mode",
    ShareGuestsAlone = "share.guests_alone",
    ShareRemove = "share.remove",
    ShareRevoke = "share.revoke",
    ShareExpire = "share.expire",
    ShareSessionEnded = "share.session_ended",
    ShareMailFailed = "share.mail_failed",
    TokenCreate = "token.create",
    TokenRename = "token.rename",
    TokenRemove = "token.remove",
    GrantAdd = "grant.add",
    GrantRemove = "grant.remove",
    SettingsChange = "settings.change",
    AuditExport = "audit.export",
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
