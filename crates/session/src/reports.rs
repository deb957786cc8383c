//! Who is told what the session says of itself, and when: on change, at most once a second.

use std::rc::Rc;

use protocol::wire::Report;
use tokio::time::{Duration, Instant};

use crate::{io::connection::Connection, session::send_report};

/// The shortest time between two reports.
const INTERVAL: Duration = Duration::from_secs(1);

/// The first report after a quiet time waits this long, so that a burst of changes is one report.
const SETTLE: Duration = Duration::from_millis(40);

/// Subscribers and those who wait for the end.
#[derive(Default)]
pub struct Reports {
    subscribers: Vec<Rc<Connection>>,
    waiting_for_end: Vec<Rc<Connection>>,
    at: Option<Instant>,
    sent: Option<Instant>,
}

impl Reports {
    /// Tells a new subscriber at once, and from now on.
    pub fn subscribe(&mut self, connection: Rc<Connection>, report: &Report) {
        send_report(&connection, report);
        self.subscribers.push(connection);
    }

    /// Tells this one once nothing of the session is left.
    pub fn await_end(&mut self, connection: Rc<Connection>) {
        self.waiting_for_end.push(connection);
    }

    /// Forgets a connection that is gone.
    pub fn forget(&mut self, connection: &Rc<Connection>) {
        self.subscribers.retain(|other| !Rc::ptr_eq(other, connection));
        self.waiting_for_end.retain(|other| !Rc::ptr_eq(other, connection));
    }

    /// Something changed.
    pub fn changed(&mut self, now: Instant) {
        if !self.subscribers.is_empty() && self.at.is_none() {
            let earliest = self.sent.map_or(now, |sent| sent + INTERVAL);
            self.at = Some(earliest.max(now + SETTLE));
        }
    }

    /// When the next report is due.
    pub fn at(&self) -> Option<Instant> {
        self.at
    }

    /// Whether a report is due.
    pub fn due(&self, now: Instant) -> bool {
        self.at.is_some_and(|at| at <= now)
    }

    /// Tells the subscribers.
    pub fn send(&mut self, report: &Report, now: Instant) {
        (self.at, self.sent) = (None, Some(now));
        self.subscribers.iter().for_each(|connection| send_report(connection, report));
    }

    /// Tells everybody, for the last time.
    pub fn send_last(&mut self, report: &Report) {
        for connection in self.subscribers.drain(..).chain(self.waiting_for_end.drain(..)) {
            send_report(&connection, report);
            connection.finish();
        }
    }
}
