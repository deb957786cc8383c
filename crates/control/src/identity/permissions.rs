//! What a sign-in is worth while something is open by it: the role, and the accounts that were granted.
//! Whatever takes some of that back does so here. It does not know what is open.

use std::time::Duration;

use protocol::api::{AccountGrant, Role};
use protocol::id::MemberId;
use tokio::{sync::watch, time::MissedTickBehavior};
use uuid::Uuid;

use crate::{
    Actor, Control, Error, admin::grants, identity::tickets::Holder, sessions::create::LOCAL,
};

/// Pause between two looks at whether the sign-ins of open sockets still exist.
const LOOK: Duration = Duration::from_secs(1);

/// What a sign-in is worth, whenever that changes; nothing once it is over.
pub type Standing = watch::Receiver<Option<Worth>>;

/// What a sign-in is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worth {
    /// The role that it gives.
    pub role: Role,
    pub(crate) accounts: Accounts,
}

impl Worth {
    /// As far as it is known without looking at what was granted.
    pub(crate) fn of(role: Role) -> Self {
        Self { role, accounts: Accounts::All }
    }
}

/// Accounts that a member may have a shell as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Accounts {
    /// Grants play no part: there is one account, or whom it is asked of is no member.
    All,
    /// Those that were granted.
    Granted(Vec<String>),
}

impl Accounts {
    pub(crate) fn of(grants: Option<&[AccountGrant]>, member: MemberId, role: Role) -> Self {
        grants.map_or(Self::All, |all| Self::Granted(grants::granted(all, member, role)))
    }

    pub(crate) fn allow(&self, account: &str) -> bool {
        match self {
            Self::All => true,
            Self::Granted(names) => names.iter().any(|name| name == account),
        }
    }
}

/// Why a grant is withdrawn before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    /// The sign-in is over.
    SignedOut,
    /// The role or the accounts that were granted no longer allow it.
    Dismissed,
    /// The role is a lower one: what may still be open has to be asked for again.
    Demoted,
}

/// What an attachment was given for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    /// The role it was given to.
    pub(crate) role: Role,
    /// A superuser looks at somebody else's session.
    pub(crate) overseeing: bool,
    /// The account that has to stay granted; none for guests and for who looks at somebody else's.
    pub(crate) account: Option<String>,
}

/// Whether an attachment goes on while its sign-in is worth this much.
pub(crate) fn withdrawal(given: &Given, worth: Option<&Worth>) -> Option<Withdrawn> {
    let Some(worth) = worth else { return Some(Withdrawn::SignedOut) };
    let allowed = given.account.as_ref().is_none_or(|account| worth.accounts.allow(account));
    match (given.overseeing, allowed) {
        (true, _) if worth.role < Role::Superuser => Some(Withdrawn::Dismissed),
        (_, false) => Some(Withdrawn::Dismissed),
        _ if worth.role < given.role => Some(Withdrawn::Demoted),
        _ => None,
    }
}

impl Control {
    /// What the actor's sign-in is worth from now on: for what stays open by it.
    ///
    /// # Errors
    /// [`Error::TooManySockets`].
    pub fn standing(&self, actor: &Actor) -> Result<Standing, Error> {
        self.doors().stand(actor.into(), actor.role)
    }

    /// Closes what is open by sign-ins that were ended behind this process's back, as the command
    /// line does it. Polled for as long as the server runs, which is for good.
    pub async fn watch_sign_ins(self) {
        let mut ticks = tokio::time::interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            // A database that does not answer signs nobody out; it is asked again.
            let _ = self.recheck_sign_ins().await;
        }
    }

    /// Looks once at the sign-ins that something is open by, closes what is open by those that have
    /// ended, and tells the others what they are worth now.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; everything stays open then.
    pub async fn recheck_sign_ins(&self) -> Result<(), Error> {
        let open = self.doors().open();
        self.shut_ended(&open).await
    }

    pub(crate) async fn shut_ended(&self, sign_ins: &[Uuid]) -> Result<(), Error> {
        if sign_ins.is_empty() {
            return Ok(());
        }
        let working = self.inner.store.credentials.valid(sign_ins, self.now()).await?;
        let grants = self.deciding_grants().await?;
        let mut doors = self.doors();
        for ended in sign_ins.iter().filter(|sign_in| !working.contains_key(sign_in)) {
            doors.shut(Holder::Member(*ended));
        }
        for (sign_in, standing) in working {
            let accounts = Accounts::of(grants.as_deref(), standing.member, standing.role);
            doors.regard(Holder::Member(sign_in), Worth { role: standing.role, accounts });
        }
        Ok(())
    }

    /// Refuses an actor the shell of an account that is not, or no longer, granted to them.
    ///
    /// # Errors
    /// [`Error::AccountForbidden`], [`Error::Unavailable`].
    pub(crate) async fn still_granted(&self, actor: &Actor, account: &str) -> Result<(), Error> {
        let grants = self.deciding_grants().await?;
        if Accounts::of(grants.as_deref(), actor.member, actor.role).allow(account) {
            return Ok(());
        }
        Err(Error::AccountForbidden(grants::shown(account)))
    }

    /// The grants of this machine; none where they decide nothing.
    pub(crate) async fn deciding_grants(&self) -> Result<Option<Vec<AccountGrant>>, Error> {
        if !host::can_switch_accounts() {
            return Ok(None);
        }
        Ok(Some(self.inner.store.grants.list(LOCAL).await?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_goes_with_what_it_was_given_for() {
        use Role::{Member, Staff, Superuser};
        use Withdrawn::{Demoted, Dismissed, SignedOut};
        let own = |role| Given { role, overseeing: false, account: Some("web".into()) };
        let looks = |role| Given { role, overseeing: true, account: None };
        let guest = Given { role: Member, overseeing: false, account: None };
        let granted = |names: &[&str]| {
            Accounts::Granted(names.iter().map(|name| (*name).to_owned()).collect())
        };
        let worth = |role, accounts: &Accounts| Some(Worth { role, accounts: accounts.clone() });
        let (web, none) = (granted(&["db", "web"]), granted(&["db"]));
        for (given, worth, expected) in [
            (own(Staff), None, Some(SignedOut)),
            (own(Staff), worth(Staff, &web), None),
            (own(Staff), worth(Superuser, &web), None),
            (own(Staff), worth(Member, &web), Some(Demoted)),
            (own(Staff), worth(Member, &none), Some(Dismissed)),
            (own(Staff), worth(Staff, &none), Some(Dismissed)),
            (own(Member), worth(Member, &Accounts::All), None),
            (looks(Superuser), worth(Superuser, &none), None),
            (looks(Superuser), worth(Staff, &web), Some(Dismissed)),
            (guest.clone(), worth(Member, &none), None),
            (guest, None, Some(SignedOut)),
        ] {
            assert_eq!(withdrawal(&given, worth.as_ref()), expected, "{given:?} {worth:?}");
        }
    }
}
