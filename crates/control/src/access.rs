//! May this actor do this? One pure function and one table of tests, asked by every way in.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use protocol::{
    api::{Me, Role, TokenScope},
    id::MemberId,
};
use uuid::Uuid;

/// Who asks: a member, by one sign-in or token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The member.
    pub member: MemberId,
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The sign-in or token they use now.
    pub sign_in: Uuid,
    /// When it stops working.
    pub until: DateTime<Utc>,
    /// What their token allows; none for a sign-in, which allows all that the role does.
    pub scope: Option<TokenScope>,
    /// The address they ask from.
    pub source: IpAddr,
}

impl Actor {
    /// As `GET /me` shows it.
    #[must_use]
    pub fn me(&self) -> Me {
        Me { id: self.member, email: self.email.clone(), name: self.name.clone(), role: self.role }
    }
}

/// What an actor may want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// List the own sessions, and the servers to open them on.
    ListOwn,
    /// List everybody's.
    ListAll,
    /// Open a session.
    Create,
    /// See a session's metadata.
    See,
    /// Rename it or change its policy.
    Change,
    /// End it.
    Close,
    /// Attach and type.
    Drive,
    /// Attach and look.
    Watch,
    /// Attach to somebody else's and look; its owner is told.
    Oversee,
    /// Share it: let others in, and change how.
    Share,
    /// See its shares and their guests.
    SeeShares,
    /// Take a share of it back, or remove a guest.
    Unshare,
    /// End anybody's, with a reason.
    Drop,
    /// End many at once.
    DropAll,
    /// See what all sessions hold.
    ReadUsage,
    /// See the workspace's settings.
    ReadSettings,
    /// Change them.
    ChangeSettings,
    /// Invite, change and deactivate members.
    ManageMembers,
    /// Say who may use which account.
    ManageGrants,
    /// Read the audit log.
    ReadAudit,
    /// Change the own password, and see and end the own tokens and sign-ins.
    ManageOwn,
}

/// What they want it of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The workspace as a whole.
    Workspace,
    /// A session of this owner.
    SessionOf(MemberId),
}

/// No.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// And what it is asked of does not exist for this actor.
    NotFound,
    /// What it is asked of may be known to them.
    Forbidden,
}

impl From<Denied> for crate::Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NotFound => Self::NotFound("session"),
            Denied::Forbidden => Self::Forbidden,
        }
    }
}

/// Whether an actor may do something.
///
/// # Errors
/// [`Denied`], with how it is to be said.
pub fn authorize(actor: &Actor, action: Action, target: Target) -> Result<(), Denied> {
    use Action::{
        ChangeSettings, Close, Create, DropAll, ListAll, ListOwn, ManageGrants, ManageMembers,
        ManageOwn, Oversee, ReadAudit, ReadSettings, ReadUsage, See, SeeShares, Share, Unshare,
    };
    let within = actor.scope.is_none_or(|scope| scope >= needs(action));
    let (staff, superuser) = (actor.role >= Role::Staff, actor.role == Role::Superuser);
    let allowed = match target {
        Target::Workspace => match action {
            ListOwn | Create | ReadSettings | ManageOwn => true,
            ListAll | ReadUsage | Action::Drop => staff,
            ManageMembers | ManageGrants | ChangeSettings | ReadAudit | DropAll => superuser,
            _ => false,
        },
        Target::SessionOf(owner) if owner == actor.member => {
            matches!(
                action,
                See | Action::Change
                    | Close
                    | Action::Drive
                    | Action::Watch
                    | Share
                    | SeeShares
                    | Unshare
            )
        }
        // What a token can't reach by its scope, its bearer does not learn of either.
        Target::SessionOf(_)
            if !staff || actor.scope.is_some_and(|scope| scope < TokenScope::Admin) =>
        {
            return Err(Denied::NotFound);
        }
        // Nobody looks into another's session unseen: without a notice to the owner, not at all.
        Target::SessionOf(_) => match action {
            See | Close | Unshare => true,
            Action::Change | Oversee | SeeShares => superuser,
            _ => false,
        },
    };
    if within && allowed { Ok(()) } else { Err(Denied::Forbidden) }
}

/// The least scope of a token that allows an action at all.
fn needs(action: Action) -> TokenScope {
    use Action::{
        Change, Close, Create, Drive, ListOwn, ReadSettings, See, SeeShares, Share, Unshare, Watch,
    };
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
    fn everybody_may_do_this_and_no_more() {
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
                let asked = format!("{role:?} {action:?} {target:?}");
                let mut actor = actor(role);
                assert_eq!(authorize(&actor, action, target), expected, "{asked}");
                // A token of the widest scope is as good as a sign-in, a narrower one never better.
                actor.scope = Some(TokenScope::Admin);
                assert_eq!(authorize(&actor, action, target), expected, "{asked} by token");
                for scope in [TokenScope::Read, TokenScope::Sessions] {
                    actor.scope = Some(scope);
                    let by_token = authorize(&actor, action, target);
                    assert!(by_token.is_err() || expected.is_ok(), "{asked} {scope:?}");
                }
            }
        }
    }

    #[test]
    fn a_token_allows_what_its_scope_says() {
        use Action::*;
        let own = Target::SessionOf(MemberId(Uuid::from_u128(1)));
        let other = Target::SessionOf(MemberId(Uuid::from_u128(9)));
        const NO: Result<(), Denied> = Err(Denied::Forbidden);
        const HIDDEN: Result<(), Denied> = Err(Denied::NotFound);
        // action, target, and what a superuser's token of scope read and of scope sessions may
        let table = [
            (ListOwn, Target::Workspace, Ok(()), Ok(())),
            (ReadSettings, Target::Workspace, Ok(()), Ok(())),
            (See, own, Ok(()), Ok(())),
            (Watch, own, Ok(()), Ok(())),
            (Create, Target::Workspace, NO, Ok(())),
            (Change, own, NO, Ok(())),
            (Close, own, NO, Ok(())),
            (Drive, own, NO, Ok(())),
            (Share, own, NO, Ok(())),
            (SeeShares, own, Ok(()), Ok(())),
            (Unshare, own, NO, Ok(())),
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
                let said = authorize(&actor, action, target);
                assert_eq!(said, expected, "{scope:?} {action:?} {target:?}");
            }
        }
    }
}
