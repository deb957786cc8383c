//! What keeps the session alive, what its owner is told about its end, and when that is.

use protocol::wire::{self, server_message::Body};

use super::Session;
use crate::{
    clock::{since_boot, unix_millis},
    lifetime::idle::Activity,
    participants::baton::Role,
};

impl Session {
    /// Something of the owner's happened.
    pub(super) fn active(&mut self, activity: Activity) {
        self.last_seen = unix_millis();
        self.note(activity);
    }

    /// Something happened that may count.
    pub(super) fn note(&mut self, activity: Activity) {
        if self.idle.counts(activity) {
            self.idle.note(activity, since_boot());
            if self.idle.warned() {
                self.say_when();
            }
        }
    }

    /// Somebody of the owner's wants it to live on.
    pub fn keep(&mut self) {
        self.active(Activity::Act);
        self.changed();
    }

    /// New rules. They hold from now on, also for who is attached.
    pub fn configure(&mut self, rules: &wire::Rules) {
        let driver = self.crew.driver();
        self.crew.configure(rules.policy(), rules.baton());
        self.shares.configure(rules.guests_alone);
        self.idle.configure(rules, since_boot());
        self.look_at_the_clock();
        self.screen.limit_history(rules.history_bytes);
        self.dirty = true;
        self.crew_changed(driver);
        self.flush();
    }

    /// Whether it is over because nobody used it. Warns its owner when it is time to, ends the shares
    /// whose time is up, and sets the alarm for the next look: activity in between does not touch it.
    pub fn look_at_the_clock(&mut self) -> bool {
        self.say_when();
        self.look_at_guests();
        self.set_alarm();
        self.idle.expired(since_boot())
    }

    pub(super) fn set_alarm(&self) {
        let now = since_boot();
        let times = [self.idle.next(now), self.shares.next(now)];
        self.alarm.set(times.into_iter().flatten().min());
    }

    fn say_when(&mut self) {
        let Some(news) = self.idle.news(since_boot()) else { return };
        let at = news.map_or(0, |_| self.expires_at());
        let body = Some(wire::notice::Body::Expiry(wire::Expiry { at }));
        for (number, viewer) in &self.viewers {
            if self.crew.role(*number).is_some_and(Role::is_owners) {
                viewer.send(Body::Notice(wire::Notice { body: body.clone() }));
            }
        }
        self.changed();
    }

    /// When it expires if nothing happens, in Unix milliseconds as the clock is now; 0: never.
    pub(super) fn expires_at(&self) -> u64 {
        let Some(deadline) = self.idle.deadline() else { return 0 };
        let left = deadline.saturating_sub(since_boot());
        unix_millis() + u64::try_from(left.as_millis()).unwrap_or_default()
    }
}
