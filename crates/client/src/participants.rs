//! Everyone attached to a session as one client sees them, who drives, and what this client may do
//! about it. Pure: it translates the session's list and does not depend on pages.

use protocol::{
    api::{AttachPolicy, Doing},
    wire,
};

/// Number of colours that distinguish participants.
const HUES: u64 = 8;

/// Duration of [`BatonAction::Lend`], in seconds.
const LOAN: u32 = 5 * 60;

/// Action that changes who drives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BatonAction {
    Request,
    Withdraw,
    Take,
    /// Pass the baton to this viewer.
    Grant(u64),
    /// Pass the baton to this viewer for a few minutes.
    Lend(u64),
    Refuse(u64),
    Release,
}

impl BatonAction {
    pub fn message(self) -> wire::Baton {
        use wire::baton::Wish;
        let wish = match self {
            Self::Request => Wish::Ask(true),
            Self::Take => Wish::Take(true),
            Self::Grant(viewer) | Self::Lend(viewer) => Wish::Grant(viewer),
            Self::Refuse(viewer) => Wish::Refuse(viewer),
            Self::Withdraw | Self::Release => Wish::Release(true),
        };
        let seconds = if matches!(self, Self::Lend(_)) { LOAN } else { 0 };
        wire::Baton { wish: Some(wish), seconds }
    }

    /// Returns the name for the `data-move` attribute of a button, and the viewer it concerns.
    pub fn name(self) -> (&'static str, u64) {
        match self {
            Self::Request => ("ask", 0),
            Self::Withdraw => ("withdraw", 0),
            Self::Take => ("take", 0),
            Self::Grant(viewer) => ("grant", viewer),
            Self::Lend(viewer) => ("lend", viewer),
            Self::Refuse(viewer) => ("refuse", viewer),
            Self::Release => ("release", 0),
        }
    }

    pub fn parse(name: &str, viewer: u64) -> Option<Self> {
        use BatonAction::{Grant, Lend, Refuse, Release, Request, Take, Withdraw};
        [Request, Withdraw, Take, Grant(viewer), Lend(viewer), Refuse(viewer), Release]
            .into_iter()
            .find(|action| action.name().0 == name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    pub viewer: u64,
    pub who: String,
    /// Device, such as `Firefox on Linux`.
    pub device: String,
    /// Its input reaches the shell.
    pub driving: bool,
    pub requesting: bool,
    /// A superuser who watches another member's session.
    pub overseeing: bool,
    /// It may drive, or request to.
    pub may_drive: bool,
    pub guest: bool,
    /// Its input reached the shell in the last seconds.
    pub typing: bool,
    /// End of its turn in Unix milliseconds, when it drives for a limited time.
    pub until: Option<i64>,
}

impl Participant {
    /// Returns the colour, from 0; the same for every client.
    pub fn hue(&self) -> u64 {
        hue(self.viewer)
    }

    pub fn doing(&self) -> Doing {
        Doing::of(self.typing, self.driving, self.requesting, self.overseeing)
    }
}

impl From<wire::Present> for Participant {
    fn from(present: wire::Present) -> Self {
        let person = present.person.unwrap_or_default();
        Self {
            viewer: present.viewer,
            who: person.who,
            device: person.device,
            driving: present.driving,
            requesting: present.asking,
            overseeing: present.overseeing,
            may_drive: present.may_drive,
            guest: !present.guest.is_empty(),
            typing: present.typing,
            until: i64::try_from(present.driving_until).ok().filter(|until| *until > 0),
        }
    }
}

/// Returns the colour of the participant with this number.
pub fn hue(viewer: u64) -> u64 {
    viewer % HUES
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuestAccess {
    pub read_only: bool,
    /// The owner is away, so guests only watch.
    pub owner_away: bool,
    /// End of the share, in Unix milliseconds.
    pub ends_at: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Participants {
    /// Policy for a second client of the owner.
    pub policy: AttachPolicy,
    pub me: Option<Participant>,
    /// The others, in the session's order.
    pub others: Vec<Participant>,
    /// Permissions of this client when it is a guest's.
    pub access: Option<GuestAccess>,
}

impl From<wire::Crew> for Participants {
    fn from(crew: wire::Crew) -> Self {
        let policy = policy(crew.policy());
        let access = crew.grant.map(|it| GuestAccess {
            read_only: it.read_only,
            owner_away: it.owner_away,
            ends_at: i64::try_from(it.ends_at).unwrap_or(i64::MAX),
        });
        let all = crew.present.into_iter().map(Participant::from);
        let (me, others): (Vec<_>, Vec<_>) = all.partition(|it| it.viewer == crew.you);
        Self { policy, me: me.into_iter().next_back(), others, access }
    }
}

impl Participants {
    /// Returns whether this client drives; none before the session listed it.
    pub fn driving(&self) -> Option<bool> {
        self.me.as_ref().map(|me| me.driving)
    }

    /// Returns whether this client is a superuser's who watches another member's session.
    pub fn overseeing(&self) -> bool {
        self.me.as_ref().is_some_and(|me| me.overseeing)
    }

    /// Returns the driver, unless it is this client.
    pub fn driver(&self) -> Option<&Participant> {
        self.others.iter().find(|it| it.driving)
    }

    /// Returns the one among the others who has requested the baton for longest.
    pub fn requester(&self) -> Option<&Participant> {
        self.others.iter().find(|it| it.requesting)
    }

    /// Returns whether typing is enough to drive: there is no driver and this client may drive.
    pub fn typing_drives(&self) -> bool {
        self.driver().is_none() && self.me.as_ref().is_some_and(|me| me.may_drive && !me.driving)
    }

    /// Returns whether typing may be enough although another drives, which the session decides.
    pub fn typing_may_interrupt(&self) -> bool {
        let Some(me) = self.me.as_ref().filter(|me| me.may_drive && !me.driving) else {
            return false;
        };
        self.driver().is_some_and(|driver| driver.guest || me.guest)
    }

    /// Returns whether this client may pass the baton to a viewer that has not requested it.
    pub fn can_hand_to(&self, viewer: u64) -> bool {
        let may = |it: &Participant| it.viewer == viewer && it.may_drive && !it.requesting;
        self.driving() == Some(true) && self.baton_moves() && self.others.iter().any(may)
    }

    /// Returns the number of guests, this client not counted.
    pub fn guests(&self) -> usize {
        self.others.iter().filter(|it| it.guest).count()
    }

    /// Returns whether the baton can change hands, by the policy or because a guest may type.
    fn baton_moves(&self) -> bool {
        let mut people = self.me.iter().chain(&self.others);
        self.policy == AttachPolicy::Multi || people.any(|it| it.guest && it.may_drive)
    }

    /// Returns the actions of this client on the baton, the most likely one first.
    pub fn actions(&self) -> Vec<BatonAction> {
        use BatonAction::{Grant, Lend, Refuse, Release, Request, Take, Withdraw};
        let Some(me) = self.me.as_ref().filter(|_| self.baton_moves()) else {
            return vec![];
        };
        if me.driving {
            let requesting = self.others.iter().filter(|it| it.requesting).map(|it| it.viewer);
            let mut actions: Vec<BatonAction> =
                requesting.flat_map(|it| [Grant(it), Lend(it), Refuse(it)]).collect();
            if self.others.iter().any(|it| it.may_drive) {
                actions.push(Release);
            }
            return actions;
        }
        if !me.may_drive {
            return vec![];
        }
        match (self.driver(), me.requesting) {
            (Some(_), true) if me.guest => vec![Withdraw],
            _ if me.guest => vec![Request],
            (None, _) => vec![Take],
            (Some(_), true) => vec![Withdraw, Take],
            (Some(_), false) => vec![Request, Take],
        }
    }
}

/// Returns the policy as the REST interface names it.
fn policy(policy: wire::Policy) -> AttachPolicy {
    match policy {
        wire::Policy::Handoff => AttachPolicy::Handoff,
        wire::Policy::Single => AttachPolicy::Single,
        wire::Policy::Multi => AttachPolicy::Multi,
    }
}

#[cfg(test)]
mod tests;
