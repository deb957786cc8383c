//! Reports of the session: sent to subscribers on change, at most once a second.

use std::rc::Rc;

use prost::Message;
use protocol::{framing::Channel, wire::Report};
use tokio::time::{Duration, Instant};

use crate::io::connection::Connection;

/// Shortest time between two reports.
const INTERVAL: Duration = Duration::from_secs(1);

/// Delay of the first report after a quiet time, which combines a burst of changes into one report.
const SETTLE: Duration = Duration::from_millis(40);

pub fn send_report(connection: &Connection, report: &Report) {
    connection.send(Channel::Message, &report.encode_to_vec());
}

#[derive(Default)]
pub struct Reports {
    subscribers: Vec<Rc<Connection>>,
    awaiting_end: Vec<Rc<Connection>>,
    /// Time of the next report.
    pub due: Option<Instant>,
    sent: Option<Instant>,
}

impl Reports {
    /// Adds a subscriber and sends it the current report.
    pub fn subscribe(&mut self, connection: Rc<Connection>, report: &Report) {
        send_report(&connection, report);
        self.subscribers.push(connection);
    }

    /// Adds a connection that receives only the final report.
    pub fn await_end(&mut self, connection: Rc<Connection>) {
        self.awaiting_end.push(connection);
    }

    pub fn remove(&mut self, connection: &Rc<Connection>) {
        self.subscribers.retain(|other| !Rc::ptr_eq(other, connection));
        self.awaiting_end.retain(|other| !Rc::ptr_eq(other, connection));
    }

    pub fn request(&mut self, now: Instant) {
        if !self.subscribers.is_empty() && self.due.is_none() {
            let earliest = self.sent.map_or(now, |sent| sent + INTERVAL);
            self.due = Some(earliest.max(now + SETTLE));
        }
    }

    pub fn send(&mut self, report: &Report, now: Instant) {
        (self.due, self.sent) = (None, Some(now));
        self.subscribers.iter().for_each(|connection| send_report(connection, report));
    }

    /// Sends the final report and closes all connections.
    pub fn finish(&mut self, report: &Report) {
        for connection in self.subscribers.drain(..).chain(self.awaiting_end.drain(..)) {
            send_report(&connection, report);
            connection.finish();
        }
    }
}
