//! Permissions of open connections: the role and the accounts of the sign-in behind them, and the rule
//! that revokes an attachment when they change. Pure.

use protocol::api::Role;
use tokio::sync::watch;

use super::accounts::AllowedAccounts;

/// Permissions of a sign-in, updated on each change; none once it has ended.
pub type LivePermissions = watch::Receiver<Option<Permissions>>;

/// Permissions of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// Role of the member.
    pub role: Role,
    pub(crate) accounts: AllowedAccounts,
}

impl Permissions {
    /// Permissions before the grants have been read.
    pub(crate) fn of_role(role: Role) -> Self {
        Self { role, accounts: AllowedAccounts::All }
    }
}

/// Reason an attachment is revoked early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevokeReason {
    /// The sign-in has ended.
    SignedOut,
    /// The role or the granted accounts no longer allow the attachment.
    Forbidden,
    /// The role is lower than before: the client must attach again.
    Demoted,
}

/// Permissions that an attachment was granted with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AttachGrant {
    pub(crate) role: Role,
    /// A superuser watches another member's session.
    pub(crate) overseeing: bool,
    /// Account that must stay granted; none for guests and for overseers.
    pub(crate) account: Option<String>,
}

impl AttachGrant {
    /// Returns the reason to revoke the attachment, given the current permissions of its sign-in.
    pub(crate) fn revoked_by(&self, permissions: Option<&Permissions>) -> Option<RevokeReason> {
        let Some(now) = permissions else { return Some(RevokeReason::SignedOut) };
        let allowed = self.account.as_ref().is_none_or(|account| now.accounts.allow(account));
        match (self.overseeing, allowed) {
            (true, _) if now.role < Role::Superuser => Some(RevokeReason::Forbidden),
            (_, false) => Some(RevokeReason::Forbidden),
            _ if now.role < self.role => Some(RevokeReason::Demoted),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attachment_is_revoked_with_its_permissions() {
        use RevokeReason::{Demoted, Forbidden, SignedOut};
        use Role::{Member, Staff, Superuser};
        let own = |role| AttachGrant { role, overseeing: false, account: Some("web".into()) };
        let overseer = |role| AttachGrant { role, overseeing: true, account: None };
        let guest = AttachGrant { role: Member, overseeing: false, account: None };
        let granted = |names: &[&str]| {
            AllowedAccounts::Granted(names.iter().map(|name| (*name).to_owned()).collect())
        };
        let now = |role, accounts: &AllowedAccounts| {
            Some(Permissions { role, accounts: accounts.clone() })
        };
        let (web, none) = (granted(&["db", "web"]), granted(&["db"]));
        for (grant, permissions, expected) in [
            (own(Staff), None, Some(SignedOut)),
            (own(Staff), now(Staff, &web), None),
            (own(Staff), now(Superuser, &web), None),
            (own(Staff), now(Member, &web), Some(Demoted)),
            (own(Staff), now(Member, &none), Some(Forbidden)),
            (own(Staff), now(Staff, &none), Some(Forbidden)),
            (own(Member), now(Member, &AllowedAccounts::All), None),
            (overseer(Superuser), now(Superuser, &none), None),
            (overseer(Superuser), now(Staff, &web), Some(Forbidden)),
            (guest.clone(), now(Member, &none), None),
            (guest, None, Some(SignedOut)),
        ] {
            let found = grant.revoked_by(permissions.as_ref());
            assert_eq!(found, expected, "{grant:?} {permissions:?}");
        }
    }
}
