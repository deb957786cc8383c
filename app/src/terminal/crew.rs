//! Who is attached beside this page, who drives, and what this page may do about it. Pure: it turns
//! what the session says into what people see and which commands they have.

use protocol::{
    api::{AttachPolicy, Doing},
    wire,
};

use crate::terminal::keys::{CONTROL, META, Press, SHIFT};

/// Somebody who is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their number in this session.
    pub viewer: u64,
    /// Their name.
    pub who: String,
    /// What they use.
    pub device: String,
    /// Their keys go to the shell.
    pub driving: bool,
    /// They ask to drive.
    pub asking: bool,
    /// A superuser who looks at somebody else's session.
    pub overseeing: bool,
    /// They may drive, or ask to.
    pub may_drive: bool,
    /// They came by a share.
    pub guest: bool,
    /// Their input reached the shell just now.
    pub typing: bool,
    /// They drive for a time: until then, in Unix milliseconds.
    pub until: Option<i64>,
}

impl Person {
    /// One of the colours that tell people apart, from 0; the same for everybody who looks.
    #[must_use]
    pub fn hue(&self) -> u64 {
        hue(self.viewer)
    }

    /// What they do.
    #[must_use]
    pub fn doing(&self) -> Doing {
        Doing::of(self.typing, self.driving, self.asking, self.overseeing)
    }
}

/// The colour of who has that number in a session.
#[must_use]
pub fn hue(viewer: u64) -> u64 {
    viewer % HUES
}

/// Colours that people have.
const HUES: u64 = 8;

/// How long somebody drives who is let for a time, in seconds.
const LOAN: u32 = 5 * 60;

/// What a share lets this page do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The share is read-only.
    pub read_only: bool,
    /// Its owner is away, so guests only watch for now.
    pub owner_away: bool,
    /// When the share ends, in Unix milliseconds.
    pub ends_at: i64,
}

/// Everybody who is attached, as this page sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crew {
    /// What a second client does.
    pub policy: AttachPolicy,
    /// This page.
    pub me: Option<Person>,
    /// The others, as the session lists them.
    pub others: Vec<Person>,
    /// What this page may do, when it is a guest's.
    pub grant: Option<Grant>,
}

/// What a person can do about who drives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// Ask who drives.
    Ask,
    /// Not ask any more.
    Withdraw,
    /// Drive now.
    Take,
    /// Let this viewer drive.
    Grant(u64),
    /// Let this viewer drive for a few minutes.
    Lend(u64),
    /// Let this viewer not drive.
    Refuse(u64),
    /// Let go of the keyboard.
    Release,
}

impl Crew {
    /// What the session said.
    #[must_use]
    pub fn of(crew: wire::Crew) -> Self {
        let policy = policy(crew.policy());
        let (mut me, mut others) = (None, Vec::new());
        let grant = crew.grant.map(|it| Grant {
            read_only: it.read_only,
            owner_away: it.owner_away,
            ends_at: i64::try_from(it.ends_at).unwrap_or(i64::MAX),
        });
        for present in crew.present {
            let it = present.person.unwrap_or_default();
            let person = Person {
                viewer: present.viewer,
                who: it.who,
                device: it.device,
                driving: present.driving,
                asking: present.asking,
                overseeing: present.overseeing,
                may_drive: present.may_drive,
                guest: !present.guest.is_empty(),
                typing: present.typing,
                until: i64::try_from(present.driving_until).ok().filter(|until| *until > 0),
            };
            if person.viewer == crew.you { me = Some(person) } else { others.push(person) }
        }
        Self { policy, me, others, grant }
    }

    /// Whether this page drives; none before the session listed it.
    #[must_use]
    pub fn driving(&self) -> Option<bool> {
        self.me.as_ref().map(|me| me.driving)
    }

    /// Whether this page is a superuser's who looks at somebody else's session.
    #[must_use]
    pub fn overseeing(&self) -> bool {
        self.me.as_ref().is_some_and(|me| me.overseeing)
    }

    /// Somebody else who drives.
    #[must_use]
    pub fn driver(&self) -> Option<&Person> {
        self.others.iter().find(|it| it.driving)
    }

    /// Whether typing is enough to drive: nobody does, and this page may.
    #[must_use]
    pub fn free(&self) -> bool {
        self.driver().is_none() && self.me.as_ref().is_some_and(|me| me.may_drive && !me.driving)
    }

    /// Whether typing may be enough although somebody drives: it is for the session to say, where one
    /// of the two is a guest.
    #[must_use]
    pub fn may_interrupt(&self) -> bool {
        let Some(me) = self.me.as_ref().filter(|me| me.may_drive && !me.driving) else {
            return false;
        };
        self.driver().is_some_and(|driver| driver.guest || me.guest)
    }

    /// Whether this page may let that viewer drive, who does not ask for it.
    #[must_use]
    pub fn hands_to(&self, viewer: u64) -> bool {
        let may = |it: &Person| it.viewer == viewer && it.may_drive && !it.asking;
        self.driving() == Some(true) && self.passes() && self.others.iter().any(may)
    }

    /// Guests that are there, this page not counted.
    #[must_use]
    pub fn guests(&self) -> usize {
        self.others.iter().filter(|it| it.guest).count()
    }

    /// Whether who drives can change hands: several clients may be there, or guests are that may type.
    fn passes(&self) -> bool {
        let people = self.me.iter().chain(&self.others);
        self.policy == AttachPolicy::Multi || people.into_iter().any(|it| it.guest && it.may_drive)
    }

    /// What this page can do, the likeliest first.
    #[must_use]
    pub fn moves(&self) -> Vec<Move> {
        let Some(me) = self.me.as_ref().filter(|_| self.passes()) else {
            return vec![];
        };
        if me.driving {
            let asking = self.others.iter().filter(|it| it.asking).map(|it| it.viewer);
            let mut moves: Vec<Move> =
                asking.flat_map(|it| [Move::Grant(it), Move::Lend(it), Move::Refuse(it)]).collect();
            if self.others.iter().any(|it| it.may_drive) {
                moves.push(Move::Release);
            }
            return moves;
        }
        if !me.may_drive {
            return vec![];
        }
        match (self.driver(), me.asking) {
            (None, _) if me.guest => vec![Move::Ask],
            (Some(_), true) if me.guest => vec![Move::Withdraw],
            (Some(_), false) if me.guest => vec![Move::Ask],
            (None, _) => vec![Move::Take],
            (Some(_), true) => vec![Move::Withdraw, Move::Take],
            (Some(_), false) => vec![Move::Ask, Move::Take],
        }
    }

    /// The move that a key means, if it can be made now: Ctrl and Shift, or Command and Shift, with
    /// A to ask, D to drive, G to grant, X to refuse.
    #[must_use]
    pub fn key(&self, press: &Press) -> Option<Move> {
        let held = press.modifiers & (CONTROL | META | SHIFT | super::keys::ALT);
        if held != CONTROL | SHIFT && held != META | SHIFT || press.repeat {
            return None;
        }
        let moves = self.moves();
        let first = |is: fn(&Move) -> bool| moves.iter().copied().find(is);
        match press.key.to_ascii_lowercase().as_str() {
            "a" => first(|it| matches!(it, Move::Ask | Move::Withdraw)),
            "d" => first(|it| *it == Move::Take),
            "g" => first(|it| matches!(it, Move::Grant(_))),
            "x" => first(|it| matches!(it, Move::Refuse(_))),
            _ => None,
        }
    }

    /// What to say to somebody whose keys go nowhere.
    #[must_use]
    pub fn hint(&self, mac: bool) -> String {
        let moves = self.moves();
        let chord = if mac { "⌘⇧" } else { "Ctrl+Shift+" };
        match self.grant {
            Some(Grant { read_only: true, .. }) => {
                return "This share is read-only: you see everything, keys go nowhere.".into();
            }
            Some(Grant { owner_away: true, .. }) => {
                return "The owner is away: guests only watch until they are back.".into();
            }
            _ => {}
        }
        let Some(driver) = self.driver().filter(|_| !moves.is_empty()) else {
            return "You are watching: keys go nowhere.".into();
        };
        if !moves.contains(&Move::Take) {
            return match moves.first() {
                Some(Move::Withdraw) => format!("{} drives and knows that you ask.", driver.who),
                _ => format!("{} drives. {chord}A asks for the keyboard.", driver.who),
            };
        }
        let ask = if moves.contains(&Move::Ask) { "asks" } else { "takes the question back" };
        format!("{} drives. {chord}A {ask}, {chord}D drives from here.", driver.who)
    }
}

impl Move {
    /// As it is said to the session.
    #[must_use]
    pub fn baton(self) -> wire::Baton {
        use wire::baton::Wish;
        let wish = match self {
            Self::Ask => Wish::Ask(true),
            Self::Take => Wish::Take(true),
            Self::Grant(viewer) | Self::Lend(viewer) => Wish::Grant(viewer),
            Self::Refuse(viewer) => Wish::Refuse(viewer),
            Self::Withdraw | Self::Release => Wish::Release(true),
        };
        let seconds = if matches!(self, Self::Lend(_)) { LOAN } else { 0 };
        wire::Baton { wish: Some(wish), seconds }
    }

    /// The word in `data-move` of its button, and the viewer it is about.
    #[must_use]
    pub fn word(self) -> (&'static str, u64) {
        match self {
            Self::Ask => ("ask", 0),
            Self::Withdraw => ("withdraw", 0),
            Self::Take => ("take", 0),
            Self::Grant(viewer) => ("grant", viewer),
            Self::Lend(viewer) => ("lend", viewer),
            Self::Refuse(viewer) => ("refuse", viewer),
            Self::Release => ("release", 0),
        }
    }

    /// What [`word`](Self::word) made.
    #[must_use]
    pub fn read(word: &str, viewer: u64) -> Option<Self> {
        Some(match word {
            "ask" => Self::Ask,
            "withdraw" => Self::Withdraw,
            "take" => Self::Take,
            "grant" => Self::Grant(viewer),
            "lend" => Self::Lend(viewer),
            "refuse" => Self::Refuse(viewer),
            "release" => Self::Release,
            _ => return None,
        })
    }
}

/// The policy as the REST interface names it.
#[must_use]
pub fn policy(policy: wire::Policy) -> AttachPolicy {
    match policy {
        wire::Policy::Handoff => AttachPolicy::Handoff,
        wire::Policy::Single => AttachPolicy::Single,
        wire::Policy::Multi => AttachPolicy::Multi,
    }
}

#[cfg(test)]
mod tests;
