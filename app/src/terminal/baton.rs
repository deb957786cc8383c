//! Who drives, as the widget follows it: the crew that the session lists, what a person does about the
//! keyboard, and the warnings before the session expires or a share ends.

use leptos::prelude::{GetUntracked, Set, WithUntracked};
use protocol::wire::{self, client_message::Body as Say};

use crate::terminal::{
    crew::{Crew, Move},
    keys::Press,
    widget::Widget,
};

impl Widget {
    /// The session says who is attached.
    pub(super) fn crew(&self, crew: wire::Crew) {
        let crew = Crew::of(crew);
        let driving = crew.driving();
        let was = self.ui.crew.get_untracked();
        let asks = crew.others.iter().any(|it| {
            it.asking && !was.others.iter().any(|was| was.viewer == it.viewer && was.asking)
        });
        let (gained, lost) = {
            let mut state = self.state.borrow_mut();
            let before = state.driving;
            state.driving = driving.unwrap_or(before);
            state.may_drive = crew.me.as_ref().is_some_and(|me| me.may_drive);
            (state.driving && !before, before && !state.driving)
        };
        let asks = asks && driving == Some(true);
        self.ui.crew.set(crew);
        let driving = self.state.borrow().driving;
        if self.ui.watching.get_untracked() == driving {
            self.ui.watching.set(!driving);
        }
        if gained {
            self.ui.notice.set(None);
            self.present();
        }
        if lost {
            self.state.borrow_mut().outbox.forget_unsent();
            self.state.borrow().seat.mark(false);
            self.show_waiting();
        }
        if gained || lost {
            self.resized();
        }
        if asks {
            self.ring(1);
        }
    }

    /// Says why keys do nothing, and which of them would.
    pub(super) fn hint(&self) {
        let hint = self.ui.crew.with_untracked(|crew| crew.hint(self.mac));
        if self.ui.notice.get_untracked().as_ref() != Some(&hint) {
            self.ui.notice.set(Some(hint));
        }
    }

    /// A key that is about who drives. Returns whether it was one.
    pub(super) fn baton_key(&self, press: &Press) -> bool {
        let made = self.ui.crew.with_untracked(|crew| crew.key(press));
        if let Some(made) = made {
            self.make(made);
        }
        made.is_some()
    }

    /// Says what the person wants about the keyboard.
    pub(crate) fn make(&self, made: Move) {
        self.ui.notice.set(None);
        self.tell(Say::Baton(made.baton()));
    }

    /// The session is about to expire, or is not any more.
    pub(super) fn expiry(&self, at: u64) {
        let at = i64::try_from(at).ok().filter(|at| *at > 0);
        self.ui.expires.set(at);
    }

    /// A share is about to end, or is not any more.
    pub(super) fn share_ending(&self, at: u64) {
        let at = i64::try_from(at).ok().filter(|at| *at > 0);
        self.ui.share_ends.set(at);
    }

    /// Somebody wants the session to stay.
    pub(super) fn keep_session(&self) {
        self.ui.expires.set(None);
        self.tell(Say::Keep(wire::Keep {}));
    }
}
