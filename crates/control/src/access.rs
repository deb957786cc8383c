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
    let staff = actor.role >= Role::Staff;
    match (target, action) {
        (Target::Workspace, Action::ListOwn | Action::Create) => Ok(()),
        (Target::Workspace, Action::ListAll) if staff => Ok(()),
        (Target::Workspace, _) => Err(Denied::Forbidden),
        (Target::SessionOf(owner), _) if owner == actor.member => Ok(()),
        (Target::SessionOf(_), _) if !staff => Err(Denied::NotFound),
        (Target::SessionOf(_), Action::See | Action::Close) => Ok(()),
        (Target::SessionOf(_), Action::Change) if actor.role == Role::Superuser => Ok(()),
        // Nobody looks into another's session unseen: without a notice to the owner, not at all.
        (Target::SessionOf(_), _) => Err(Denied::Forbidden),
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
            (See, own, YES, YES, YES),
            (Change, own, YES, YES, YES),
            (Close, own, YES, YES, YES),
            (Drive, own, YES, YES, YES),
            (Watch, own, YES, YES, YES),
            (See, other, HIDDEN, YES, YES),
            (Change, other, HIDDEN, NO, YES),
            (Close, other, HIDDEN, YES, YES),
            (Drive, other, HIDDEN, NO, NO),
            (Watch, other, HIDDEN, NO, NO),
        ];
        for (action, target, member, staff, superuser) in table {
            for (role, expected) in
                [(Role::Member, member), (Role::Staff, staff), (Role::Superuser, superuser)]
            {
                assert_eq!(
                    authorize(&actor(role), action, target),
                    expected,
                    "{role:?} {action:?} {target:?}"
                );
            }
        }
    }
}
