//! Guests: who is let in, what happens to them when their share changes or ends. What they may do is
//! decided in `shares`, who of them drives in the crew.

use std::rc::Rc;

use prost::Message;
use protocol::{
    close,
    framing::Channel,
    wire::{
        self, Grant, History, Notice, ShareChange, ShareEnd, ShareEnding, ended::Cause, notice,
        server_message::Body, share_end::How,
    },
};
use screen::Screen;
use tokio::time::Instant;
use uuid::Uuid;

use super::Session;
use crate::{
    clock::{self, unix_millis},
    io::connection::Connection,
    participants::baton::Role,
    sharing::shares::Badge,
    terminal::queue::PASTE_END,
};

impl Session {
    /// A guest comes. None when it was turned away.
    pub(super) fn admit(
        &mut self,
        connection: &Rc<Connection>,
        guest: &wire::Guest,
    ) -> Option<(Role, Badge)> {
        let ids = (Uuid::from_slice(&guest.share), Uuid::from_slice(&guest.guest));
        let (Ok(share), Ok(id)) = ids else {
            connection.close(close::BAD_MESSAGE, "The ids of shares and guests have 16 bytes.");
            return None;
        };
        let badge = Badge { share, guest: id };
        match self.shares.admit(badge, guest, clock::now()) {
            Ok(grant) => Some((role(&grant), badge)),
            Err(how) => {
                say_over(connection, how);
                None
            }
        }
    }

    /// Something about a share is different, for everybody who came or comes by it. False: there is no
    /// such id.
    pub fn change_share(&mut self, change: &ShareChange) -> bool {
        let Ok(share) = Uuid::from_slice(&change.share) else { return false };
        if change.wrong_passwords > 0 {
            self.tell_owner(&notice::Body::WrongPasswords(change.wrong_passwords));
            return true;
        }
        self.shares.change(share, change, clock::now());
        self.look_at_guests();
        self.call_a_round();
        self.flush();
        true
    }

    fn tell_owner(&self, body: &notice::Body) {
        for (number, viewer) in &self.viewers {
            if self.crew.role(*number).is_some_and(Role::is_owners) {
                viewer.send(Body::Notice(Notice { body: Some(body.clone()) }));
            }
        }
    }

    /// A guest is cut and does not come in again. False: there is no such id.
    pub fn kick(&mut self, guest: &[u8]) -> bool {
        let Ok(guest) = Uuid::from_slice(guest) else { return false };
        self.shares.remove(guest);
        self.look_at_guests();
        self.flush();
        true
    }

    /// What guests may do follows from what is known of their shares now. Warns of ends in sight.
    pub(super) fn look_at_guests(&mut self) {
        if self.shares.nobody() {
            return;
        }
        let (now, before) = (clock::now(), self.crew.driver());
        let guests = self.viewers.iter().filter_map(|(number, viewer)| {
            viewer.badge.map(|badge| (*number, self.shares.standing(badge, now)))
        });
        let (mut over, mut changed) = (Vec::new(), false);
        for (number, standing) in guests.collect::<Vec<_>>() {
            let role = match standing {
                Ok(grant) => role(&grant),
                Err(how) => {
                    over.push((number, how));
                    Role::Spectator
                }
            };
            // First of all of them: the baton must not pass to one that is about to go.
            if self.crew.set_role(number, role) {
                changed = true;
                self.withdraw(number);
            }
        }
        if changed {
            self.crew_changed(before);
        }
        over.into_iter().for_each(|(number, how)| self.cut(number, how));
        for news in self.shares.news(now) {
            let share = news.share.as_bytes().to_vec();
            let ending = ShareEnding { share, at: news.at };
            let notice = Notice { body: Some(notice::Body::ShareEnding(ending)) };
            for (number, viewer) in &self.viewers {
                let concerned = match viewer.badge {
                    Some(badge) => badge.share == news.share,
                    None => self.crew.role(*number).is_some_and(Role::is_owners),
                };
                if concerned {
                    viewer.send(Body::Notice(notice.clone()));
                }
            }
        }
        self.set_alarm();
    }

    /// Whether a viewer is a guest whose time is up, which then is gone. Its message may come before the
    /// alarm rings.
    pub(super) fn is_over_for(&mut self, number: u64) -> bool {
        let badge = self.viewers.get(&number).and_then(|viewer| viewer.badge);
        let over = badge.and_then(|badge| self.shares.standing(badge, clock::now()).err());
        if let Some(how) = over {
            self.cut(number, how);
        }
        over.is_some()
    }

    fn cut(&mut self, number: u64, how: How) {
        let before = self.crew.driver();
        self.withdraw(number);
        let Some(viewer) = self.forget(number) else { return };
        say_over(&viewer.connection, how);
        self.crew.leave(number);
        self.crew_changed(before);
    }

    /// What a guest typed and the PTY has not taken yet does not count any more.
    fn withdraw(&mut self, number: u64) {
        let Some(viewer) = self.viewers.get_mut(&number) else { return };
        let (withdrawn, now) = (self.queue.withdraw(number), Instant::now());
        (0..withdrawn.inputs).for_each(|_| viewer.input_done(now));
        viewer.refused = false;
        let client = viewer.client;
        let unsent = withdrawn.pastes_begun > withdrawn.pastes_ended;
        let end = match self.paste_open.take_if(|open| *open == client) {
            Some(_) if unsent => Vec::new(),
            Some(_) => self.screen.encode_paste("", false, true),
            None if withdrawn.pastes_ended > withdrawn.pastes_begun => PASTE_END.to_vec(),
            None => Vec::new(),
        };
        // The program would take all that comes for a part of the paste.
        self.queue_bytes(None, end);
        self.write();
    }
}

fn role(grant: &Grant) -> Role {
    match grant.read_only || grant.owner_away {
        true => Role::Spectator,
        false => Role::Guest,
    }
}

/// Lines for a guest, blank where they left the screen before it came: a share shows the screen as it is,
/// not what was on it before. `since` is its epoch, and the first line in it that is shown.
pub(super) fn lines_since(
    screen: &mut Screen,
    since: &mut (u64, u64),
    first: u64,
    count: u32,
) -> History {
    let held = screen.lines(u64::MAX, 0);
    if since.0 != held.epoch {
        *since = (held.epoch, screen.top());
    }
    let first = first.max(held.oldest);
    let hidden = since.1.saturating_sub(first).min(count.into());
    let rest = count.saturating_sub(u32::try_from(hidden).unwrap_or(count));
    let mut history = screen.lines(first + hidden, rest);
    history.first = first;
    let blanks = (0..hidden).map(|_| wire::Line::default());
    history.lines.splice(0..0, blanks);
    history
}

/// The last word to a guest.
fn say_over(connection: &Connection, how: How) {
    let end = ShareEnd { how: how.into(), at: unix_millis() };
    let body = Some(Body::Ended(wire::Ended { cause: Some(Cause::Share(end)) }));
    connection.send(Channel::Message, &wire::ServerMessage { body }.encode_to_vec());
    connection.close(
        close::GONE,
        match how {
            How::TimeUp => "The time of the share is up.",
            How::Revoked => "The share was revoked.",
            How::Removed => "You were removed from the session.",
        },
    );
}
