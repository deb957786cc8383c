//! Who comes, who goes, who drives: what the crew's rules decide is done here, and everybody is told.

use std::rc::Rc;

use prost::{
    Message,
    encoding::{WireType, encode_key, encode_varint},
};
use protocol::{
    close,
    framing::Channel,
    id::ClientId,
    wire::{self, AttachRequest, Crew, Present, baton::Wish, ended::Cause, server_message::Body},
};
use tokio::{
    sync::oneshot,
    time::{Duration, Instant},
};
use uuid::Uuid;

use super::Session;
use crate::{
    attachments::attachment::Viewer,
    clock::{self, since_boot, unix_millis},
    io::connection::Connection,
    lifetime::idle::Activity,
    participants::baton::{Admission, Passing, Role, is_idle},
};

/// Longest name of a person or device that is kept, in characters.
const MAX_NAME: usize = 80;

/// Most who are named when everybody is told who is there; who drives, asks or oversees comes first.
const MAX_PRESENT: usize = 64;

/// As many of them are named in a report: lists of sessions have reports of many.
const MAX_REPORTED: usize = 16;

/// The shortest time between two rounds of telling, for each who is told: an audience that comes all at
/// once is not told of each of its members.
const ROUND: Duration = Duration::from_millis(1);

/// The baton is given for no longer than a share lives.
const LONGEST_LOAN: Duration = Duration::from_hours(3);

/// Field number of `ServerMessage.crew`.
const CREW_TAG: u32 = 10;

/// When everybody was and is to be told who is there.
#[derive(Default)]
pub(super) struct Rounds {
    /// When the next round is due.
    pub at: Option<Instant>,
    last: Option<Instant>,
}

/// The baton was given for a time. Both are known by their clients: a page that is loaded again is no
/// way to keep it.
pub(super) struct Loan {
    from: ClientId,
    to: ClientId,
    /// When it ends.
    pub until: Instant,
    /// The same for people, in Unix milliseconds.
    shown: u64,
}

/// Who is asked whether it is there, and where its answer goes.
pub(super) type Probe = (u64, oneshot::Sender<()>);

impl Session {
    /// A viewer attaches. Returns its number, or none when it was turned away.
    pub fn attach(&mut self, connection: &Rc<Connection>, request: AttachRequest) -> Option<u64> {
        let hello = request.hello.unwrap_or_default();
        let Ok(client) = Uuid::from_slice(&hello.client) else {
            connection.close(close::BAD_MESSAGE, "A client id has 16 bytes.");
            return None;
        };
        if !(protocol::OLDEST_VERSION..=protocol::VERSION).contains(&hello.version) {
            connection
                .close(close::BAD_MESSAGE, "This page is of another version of websh: reload it.");
            return None;
        }
        let client = ClientId(client);
        let (role, badge) = match (&request.guest, request.overseeing, request.watch) {
            (Some(guest), ..) => {
                let (role, badge) = self.admit(connection, guest)?;
                (role, Some(badge))
            }
            (None, true, _) => (Role::Overseer, None),
            (None, false, true) => (Role::Watcher, None),
            (None, false, false) => (Role::Owner, None),
        };
        let mut person = request.viewer.unwrap_or_default();
        person.who = shown(&request.guest.map_or(person.who, |guest| guest.name));
        person.device = shown(&person.device);
        person.since = unix_millis();
        let number = self.next_viewer;
        self.next_viewer += 1;
        let (before, known) = (self.crew.driver(), self.numbers.knows(client));
        let admission = self.crew.attach(number, client, role, known, hello.take_over);
        let (driving, leaves, replaced) = match admission {
            Admission::Joined { driving, leaves, replaced } => (driving, leaves, replaced),
            Admission::Replaced(by) => {
                return self.turn_away(connection, self.person(by).map(Cause::TakenOver));
            }
            Admission::InUse(by) => {
                return self.turn_away(connection, self.person(by).map(Cause::InUse));
            }
        };
        let replaced = replaced.and_then(|number| self.person(number));
        if let Some(old) = leaves.and_then(|number| self.forget(number)) {
            let cause = Some(Cause::TakenOver(person.clone()));
            old.send(Body::Ended(wire::Ended { cause }));
            old.connection.close(close::TAKEN_OVER, "Another client drives now.");
        }
        let accepted = match badge {
            Some(_) => self.guest_numbers.attach(client, hello.next_input),
            None if role.may_drive() => self.numbers.attach(client, hello.next_input),
            None => 0,
        };
        let mut viewer =
            Viewer::new(Rc::clone(connection), person, client, !driving, hello.position);
        viewer.badge = badge;
        viewer.since = (self.screen.position().epoch, self.screen.top());
        let version = protocol::VERSION;
        viewer.send(Body::Welcome(wire::Welcome { version, accepted, driving, replaced }));
        self.viewers.insert(number, viewer);
        if role.is_owners() {
            self.active(Activity::Act);
        }
        self.crew_changed(before);
        self.look_at_guests();
        self.flush();
        Some(number)
    }

    fn turn_away(&self, connection: &Connection, cause: Option<Cause>) -> Option<u64> {
        let body = Some(Body::Ended(wire::Ended { cause }));
        connection.send(Channel::Message, &wire::ServerMessage { body }.encode_to_vec());
        connection.close(close::TAKEN_OVER, "Another client drives now.");
        None
    }

    fn person(&self, number: u64) -> Option<wire::Viewer> {
        self.viewers.get(&number).map(|viewer| viewer.person.clone())
    }

    /// A viewer is gone, for whatever reason.
    pub fn leave(&mut self, number: u64) {
        if self.forget(number).is_none() {
            return;
        }
        let before = self.crew.driver();
        self.crew.leave(number);
        self.crew_changed(before);
        self.look_at_guests();
    }

    pub(super) fn forget(&mut self, number: u64) -> Option<Viewer> {
        // Who waits for an answer of it waits no more.
        self.probes.retain(|(asked, _)| *asked != number);
        let viewer = self.viewers.remove(&number)?;
        if let Some(badge) = viewer.badge {
            self.shares.leave(badge, unix_millis());
        }
        Some(viewer)
    }

    /// A viewer wants something about the baton; what it grants is for so many seconds, 0: for good.
    pub(super) fn baton(&mut self, number: u64, wish: &Wish, seconds: u32) {
        let before = self.crew.driver();
        match self.crew.wish(number, wish) {
            Passing::Ignored => {}
            Passing::Changed => {
                self.crew_changed(before);
                let client = |number| self.viewers.get(&number).map(|viewer| viewer.client);
                if let (Wish::Grant(to), 1..) = (wish, seconds)
                    && let (Some(from), Some(to)) = (client(number), client(*to))
                {
                    let time = Duration::from_secs(seconds.into()).min(LONGEST_LOAN);
                    let shown = unix_millis() + u64::try_from(time.as_millis()).unwrap_or_default();
                    self.loan = Some(Loan { from, to, until: Instant::now() + time, shown });
                }
            }
            Passing::Refused(asked) => {
                if let (Some(viewer), Some(by)) = (self.viewers.get(&asked), self.person(number)) {
                    let body = Some(wire::notice::Body::BatonRefused(by.who));
                    viewer.send(Body::Notice(wire::Notice { body }));
                }
                self.crew_changed(before);
            }
        }
    }

    /// What was given for a time goes back, to the owner if who gave it is gone.
    pub(super) fn end_loan(&mut self, now: Instant) {
        let Some(loan) = self.loan.take_if(|loan| loan.until <= now) else { return };
        let Some(driver) = self.crew.driver() else { return };
        let came = self.viewers.iter().filter(|(_, viewer)| viewer.client == loan.from);
        let mut back = came.map(|(number, _)| *number).chain(self.crew.holder());
        let wish = match back.find(|number| self.crew.may_drive(*number)) {
            Some(back) => Wish::Grant(back),
            None => Wish::Release(true),
        };
        self.baton(driver, &wish, 0);
    }

    /// Whether the input of a viewer is for the shell: it drives, or it may take over by typing. One
    /// that does not `type` takes nothing over.
    pub(super) fn drives(&mut self, number: u64, types: bool) -> bool {
        let (before, now) = (self.crew.driver(), Instant::now());
        if before != Some(number) && types {
            let quiet = self.drove_at.map(|at| now.saturating_duration_since(at));
            if self.crew.types(number, is_idle(quiet, self.paste_open.is_some())) {
                self.crew_changed(before);
            }
        }
        let drives = self.crew.driver() == Some(number);
        if drives && types {
            self.drove_at = Some(now);
        }
        drives
    }

    /// Who is there is not the same any more; `before` is who drove until now.
    pub(super) fn crew_changed(&mut self, before: Option<u64>) {
        let driver = self.crew.driver();
        if let Some(number) = driver.filter(|_| driver != before) {
            self.follow(number);
        }
        let mut owner_is_here = false;
        for (number, viewer) in &mut self.viewers {
            viewer.watch = driver != Some(*number);
            owner_is_here |= self.crew.role(*number).is_some_and(Role::is_owners);
        }
        self.shares.owner_is_here(owner_is_here, since_boot());
        self.call_a_round();
    }

    /// Everybody is to be told who is there, as soon as it may be.
    pub(super) fn call_a_round(&mut self) {
        let now = Instant::now();
        let audience = u32::try_from(self.viewers.len()).unwrap_or(u32::MAX);
        let earliest = self.rounds.last.map_or(now, |last| last + ROUND * audience);
        self.rounds.at.get_or_insert(earliest.max(now));
        self.changed();
    }

    /// What belongs to the driver is now this one's: the size, the colours, the end of a paste.
    fn follow(&mut self, number: u64) {
        let Some(viewer) = self.viewers.get_mut(&number) else { return };
        viewer.refused = false;
        self.drove_at = Some(Instant::now());
        let (client, size, theme) = (viewer.client, viewer.size, viewer.theme);
        self.loan.take_if(|loan| loan.to != client);
        // A paste that nobody will end would swallow everything typed from now on.
        if self.paste_open.take_if(|open| *open != client).is_some() {
            let end = self.screen.encode_paste("", false, true);
            self.queue_bytes(None, end);
            self.write();
        }
        if let Some(theme) = theme {
            self.screen.set_theme(theme.foreground, theme.background, theme.cursor);
        }
        if let Some(size) = size {
            self.resize(size);
        }
    }

    /// Tells everybody who is there.
    pub(super) fn tell_crew(&mut self, now: Instant) {
        (self.rounds.at, self.rounds.last) = (None, Some(now));
        let mut present = self.everybody();
        let unnamed = present.split_off(present.len().min(MAX_PRESENT));
        let (policy, clock) = (self.crew.policy().into(), clock::now());
        let everybody = Crew { present, policy, ..Crew::default() }.encode_to_vec();
        for (number, viewer) in &self.viewers {
            let itself = unnamed.iter().filter(|one| one.viewer == *number).cloned().collect();
            let grant = viewer.badge.and_then(|badge| self.shares.standing(badge, clock).ok());
            let own = Crew { present: itself, you: *number, grant, ..Crew::default() };
            let own = own.encode_to_vec();
            // Two encodings of one message, one behind the other, are the encoding of both merged.
            let mut body = Vec::with_capacity(everybody.len() + own.len() + 6);
            encode_key(CREW_TAG, WireType::LengthDelimited, &mut body);
            encode_varint((everybody.len() + own.len()) as u64, &mut body);
            body.extend_from_slice(&everybody);
            body.extend(own);
            viewer.connection.send(Channel::Message, &body);
        }
    }

    /// Who is there: who drives, then who asks or oversees, then the others.
    fn everybody(&self) -> Vec<Present> {
        let mut present: Vec<Present> =
            self.viewers.keys().map(|number| self.present(*number)).collect();
        present.sort_by_key(|one| (!one.driving, !(one.asking || one.overseeing)));
        present
    }

    /// Who is there, for a report.
    pub(super) fn reported(&self) -> Vec<Present> {
        let mut present = self.everybody();
        present.truncate(MAX_REPORTED);
        present
    }

    fn present(&self, number: u64) -> Present {
        let viewer = self.viewers.get(&number);
        let badge = viewer.and_then(|viewer| viewer.badge);
        let driving = self.crew.driver() == Some(number);
        let loan = self.loan.as_ref().filter(|_| driving);
        Present {
            driving_until: loan.map_or(0, |loan| loan.shown),
            viewer: number,
            person: viewer.map(|viewer| viewer.person.clone()),
            guest: badge.map(|badge| badge.guest.as_bytes().to_vec()).unwrap_or_default(),
            typing: viewer.is_some_and(|viewer| viewer.typed_at.is_some()),
            driving,
            asking: self.crew.asks(number),
            overseeing: self.crew.role(number) == Some(Role::Overseer),
            may_drive: self.crew.may_drive(number),
        }
    }

    /// Asks the client of the owner that drives, or came to, whether it is there. Returns who that is and what
    /// its answer, or its leaving, ends; none when there is none.
    pub fn probe(&mut self) -> Option<(u64, oneshot::Receiver<()>)> {
        let number = self.crew.holder()?;
        let (answered, answer) = oneshot::channel();
        self.viewers.get(&number)?.send(Body::Ping(wire::Ping { nonce: 0 }));
        self.probes.push((number, answered));
        Some((number, answer))
    }

    /// A message of a viewer came, whatever it says.
    pub(super) fn answered(&mut self, number: u64) {
        for (_, answered) in self.probes.extract_if(.., |(asked, _)| *asked == number) {
            // Who asked may have gone meanwhile.
            let _ = answered.send(());
        }
    }

    /// A viewer does not answer: its connection is cut, the session goes on.
    pub fn unanswered(&mut self, number: u64) {
        if let Some(viewer) = self.viewers.get(&number) {
            viewer.connection.close(close::TOO_SLOW, "Nothing was heard for 4 seconds.");
        }
        self.leave(number);
    }
}

/// A name as it is kept.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}
