//! Enforcement of the permissions of guests.

use protocol::wire::{ShareChange, notice, share_end::How};
use tokio::time::Instant;
use uuid::Uuid;

use super::Session;
use crate::{
    clock::{self, unix_millis},
    participants::closing::Closing,
};

impl Session {
    /// Applies the current permissions of guests, evicts those whose share has ended and sends warnings.
    pub(super) fn review_guests(&mut self) {
        if !self.participants.shares.has_guests() {
            return;
        }
        let now = clock::now();
        let (changed, ended) = self.participants.review_guests(now);
        changed.iter().for_each(|number| self.withdraw(*number));
        if !changed.is_empty() {
            self.update();
        }
        ended.into_iter().for_each(|(number, how)| self.evict(number, how));
        self.participants.warn_of_share_ends(now);
        self.arm_timer();
    }

    pub(super) fn evict(&mut self, number: u64, how: How) {
        self.withdraw(number);
        if let Some(attachment) = self.participants.leave(number) {
            Closing::share(how, unix_millis()).send(&attachment.connection);
            self.update();
        }
    }

    /// Withdraws the queued input of a guest.
    fn withdraw(&mut self, number: u64) {
        let Some(attachment) = self.participants.attachments.get_mut(&number) else { return };
        let (withdrawn, now) = (self.terminal.withdraw(number, attachment.client), Instant::now());
        (0..withdrawn).for_each(|_| attachment.input_done(now));
        attachment.refusal_sent = false;
        self.write();
    }

    /// Changes a share, for its current and future guests. Returns false for an invalid id.
    pub fn change_share(&mut self, change: &ShareChange) -> bool {
        let Ok(share) = Uuid::from_slice(&change.share) else { return false };
        if change.wrong_passwords > 0 {
            let body = notice::Body::WrongPasswords(change.wrong_passwords);
            self.participants.notify_owner(&body);
            return true;
        }
        self.participants.shares.change(share, change, clock::now());
        self.review_guests();
        self.request_roster();
        self.flush();
        true
    }

    /// Evicts a guest for the rest of the session. Returns false for an invalid id.
    pub fn remove_guest(&mut self, guest: &[u8]) -> bool {
        let Ok(guest) = Uuid::from_slice(guest) else { return false };
        self.participants.shares.remove(guest);
        self.review_guests();
        self.flush();
        true
    }
}
