//! Authorization: one pure function and one table of tests for all interfaces.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use protocol::{
    api::{Me, Role, TokenScope},
    id::MemberId,
};
use uuid::Uuid;

/// An authenticated member, by one sign-in or token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "a field without a description is described by its name")]
pub struct Actor {
    pub member: MemberId,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// Id of the sign-in or token in use.
    pub sign_in: Uuid,
    /// Expiry of the sign-in or token.
    pub until: DateTime<Utc>,
    /// Scope of the token; none for a sign-in, which allows everything that the role does.
    pub scope: Option<TokenScope>,
    /// Address that the request comes from.
    pub source: IpAddr,
}

impl Actor {
    /// Returns the form that `GET /me` shows.
    #[must_use]
    pub fn me(&self) -> Me {
        Me { id: self.member, email: self.email.clone(), name: self.name.clone(), role: self.role }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// List own sessions and the servers on which new ones can be created.
    ListOwn,
    ListAll,
    Create,
    /// Read a session's metadata.
    See,
    /// Rename a session or change its policy.
    Change,
    Close,
    /// Attach and drive.
    Drive,
    /// Attach and watch.
    Watch,
    /// Watch another member's session; its owner is notified.
    Oversee,
    /// Create and change shares of a session.
    Share,
    /// List the shares of a session and their guests.
    SeeShares,
    /// Revoke a share, or remove a guest.
    Unshare,
    /// Drop any session, with a reason.
    Drop,
    DropAll,
    /// Read the resource usage of all sessions.
    ReadUsage,
    ReadSettings,
    ChangeSettings,
    /// Invite, change and deactivate members.
    ManageMembers,
    /// Grant accounts to members and roles.
    ManageGrants,
    ReadAudit,
    /// Change own password, and manage own tokens and sign-ins.
    ManageOwn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Workspace,
    /// A session of this owner.
    SessionOf(MemberId),
}

/// Reason an action was denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The target does not exist for this actor.
    NotFound,
    /// The target is visible to the actor, but the action is not allowed.
    Forbidden,
    /// The role of the actor allows the action, but their token does not: it needs this scope.
    Scope(TokenScope),
}

impl From<Denied> for crate::Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NotFound => Self::NotFound("session"),
            Denied::Forbidden => Self::Forbidden,
            Denied::Scope(needed) => Self::NeedsScope(needed),
        }
    }
}

/// Checks that an actor may perform an action.
pub fn authorize(actor: &Actor, action: Action, target: Target) -> Result<(), Denied> {
    use Action::*;
    let within = actor.scope.is_none_or(|scope| scope >= needs(action));
    let (staff, superuser) = (actor.role >= Role::Staff, actor.role == Role::Superuser);
    let allowed = match target {
        Target::Workspace => match action {
            ListOwn | Create | ReadSettings | ManageOwn => true,
            ListAll | ReadUsage | Drop => staff,
            ManageMembers | ManageGrants | ChangeSettings | ReadAudit | DropAll => superuser,
            _ => false,
        },
        Target::SessionOf(owner) if owner == actor.member => {
            matches!(action, See | Change | Close | Drive | Watch | Share | SeeShares | Unshare)
        }
        // Sessions outside a token's scope are hidden from its bearer.
        Target::SessionOf(_)
            if !staff || actor.scope.is_some_and(|scope| scope < TokenScope::Admin) =>
        {
            return Err(Denied::NotFound);
        }
        // Watching another member's session always notifies its owner, hence `Oversee`.
        Target::SessionOf(_) => match action {
            See | Close | Unshare => true,
            Change | Oversee | SeeShares => superuser,
            _ => false,
        },
    };
    match (allowed, within) {
        (true, true) => Ok(()),
        (true, false) => Err(Denied::Scope(needs(action))),
        (false, _) => Err(Denied::Forbidden),
    }
}

/// Returns the narrowest token scope that allows an action.
fn needs(action: Action) -> TokenScope {
    use Action::*;
    match action {
        ListOwn | See | Watch | ReadSettings | SeeShares => TokenScope::Read,
        Create | Change | Close | Drive | Share | Unshare => TokenScope::Sessions,
        _ => TokenScope::Admin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role) -> Actor {
        Actor {
            member: MemberId(Uuid::from_u128(1)),
            email: "ann@example.org".into(),
            name: "Ann".into(),
            role,
            sign_in: Uuid::from_u128(2),
            until: DateTime::UNIX_EPOCH,
            scope: None,
            source: std::net::Ipv4Addr::LOCALHOST.into(),
        }
    }

    #[test]
    fn actions_are_authorized_by_role() {
        use Action::*;
        use Denied::*;
        const YES: Result<(), Denied> = Ok(());
        const NO: Result<(), Denied> = Err(Forbidden);
        const HIDDEN: Result<(), Denied> = Err(NotFound);
        let own = Target::SessionOf(MemberId(Uuid::from_u128(1)));
        let other = Target::SessionOf(MemberId(Uuid::from_u128(9)));
        // action, target, member, staff, superuser
        let table = [
            (ListOwn, Target::Workspace, YES, YES, YES),
            (ListAll, Target::Workspace, NO, YES, YES),
            (Create, Target::Workspace, YES, YES, YES),
            (See, Target::Workspace, NO, NO, NO),
            (Change, Target::Workspace, NO, NO, NO),
            (Close, Target::Workspace, NO, NO, NO),
            (Drive, Target::Workspace, NO, NO, NO),
            (Watch, Target::Workspace, NO, NO, NO),
            (Oversee, Target::Workspace, NO, NO, NO),
            (Drop, Target::Workspace, NO, YES, YES),
            (DropAll, Target::Workspace, NO, NO, YES),
            (ReadUsage, Target::Workspace, NO, YES, YES),
            (ReadSettings, Target::Workspace, YES, YES, YES),
            (ChangeSettings, Target::Workspace, NO, NO, YES),
            (ManageMembers, Target::Workspace, NO, NO, YES),
            (ManageGrants, Target::Workspace, NO, NO, YES),
            (ReadAudit, Target::Workspace, NO, NO, YES),
            (ManageOwn, Target::Workspace, YES, YES, YES),
            (See, own, YES, YES, YES),
            (Change, own, YES, YES, YES),
            (Close, own, YES, YES, YES),
            (Drive, own, YES, YES, YES),
            (Watch, own, YES, YES, YES),
            (Oversee, own, NO, NO, NO),
            (Drop, own, NO, NO, NO),
            (Share, own, YES, YES, YES),
            (SeeShares, own, YES, YES, YES),
            (Unshare, own, YES, YES, YES),
            (Share, Target::Workspace, NO, NO, NO),
            (SeeShares, Target::Workspace, NO, NO, NO),
            (Unshare, Target::Workspace, NO, NO, NO),
            (Share, other, HIDDEN, NO, NO),
            (SeeShares, other, HIDDEN, NO, YES),
            (Unshare, other, HIDDEN, YES, YES),
            (See, other, HIDDEN, YES, YES),
            (Change, other, HIDDEN, NO, YES),
            (Close, other, HIDDEN, YES, YES),
            (Drive, other, HIDDEN, NO, NO),
            (Watch, other, HIDDEN, NO, NO),
            (Oversee, other, HIDDEN, NO, YES),
            (Drop, other, HIDDEN, NO, NO),
        ];
        for (action, target, member, staff, superuser) in table {
            for (role, expected) in
                [(Role::Member, member), (Role::Staff, staff), (Role::Superuser, superuser)]
            {
                let case = format!("{role:?} {action:?} {target:?}");
                let mut actor = actor(role);
                assert_eq!(authorize(&actor, action, target), expected, "{case}");
                // A token of the widest scope equals a sign-in; a narrower one never allows more.
                actor.scope = Some(TokenScope::Admin);
                assert_eq!(authorize(&actor, action, target), expected, "{case} by token");
                for scope in [TokenScope::Read, TokenScope::Sessions] {
                    actor.scope = Some(scope);
                    let by_token = authorize(&actor, action, target);
                    assert!(by_token.is_err() || expected.is_ok(), "{case} {scope:?}");
                }
            }
        }
    }

    #[test]
    fn a_token_allows_what_its_scope_allows() {
        use Action::*;
        let own = Target::SessionOf(MemberId(Uuid::from_u128(1)));
        let other = Target::SessionOf(MemberId(Uuid::from_u128(9)));
        const NO: Result<(), Denied> = Err(Denied::Scope(TokenScope::Admin));
        const DRIVES: Result<(), Denied> = Err(Denied::Scope(TokenScope::Sessions));
        const HIDDEN: Result<(), Denied> = Err(Denied::NotFound);
        // action, target, result for a superuser's token of scope read, and of scope sessions
        let table = [
            (ListOwn, Target::Workspace, Ok(()), Ok(())),
            (ReadSettings, Target::Workspace, Ok(()), Ok(())),
            (See, own, Ok(()), Ok(())),
            (Watch, own, Ok(()), Ok(())),
            (Create, Target::Workspace, DRIVES, Ok(())),
            (Change, own, DRIVES, Ok(())),
            (Close, own, DRIVES, Ok(())),
            (Drive, own, DRIVES, Ok(())),
            (Share, own, DRIVES, Ok(())),
            (SeeShares, own, Ok(()), Ok(())),
            (Unshare, own, DRIVES, Ok(())),
            (ListAll, Target::Workspace, NO, NO),
            (Drop, Target::Workspace, NO, NO),
            (DropAll, Target::Workspace, NO, NO),
            (ReadUsage, Target::Workspace, NO, NO),
            (ChangeSettings, Target::Workspace, NO, NO),
            (ManageMembers, Target::Workspace, NO, NO),
            (ManageGrants, Target::Workspace, NO, NO),
            (ReadAudit, Target::Workspace, NO, NO),
            (ManageOwn, Target::Workspace, NO, NO),
            (See, other, HIDDEN, HIDDEN),
            (Close, other, HIDDEN, HIDDEN),
            (Oversee, other, HIDDEN, HIDDEN),
        ];
        for (action, target, read, sessions) in table {
            for (scope, expected) in [(TokenScope::Read, read), (TokenScope::Sessions, sessions)] {
                let actor = Actor { scope: Some(scope), ..actor(Role::Superuser) };
                let result = authorize(&actor, action, target);
                assert_eq!(result, expected, "{scope:?} {action:?} {target:?}");
            }
        }
    }
}
