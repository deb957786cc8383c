//! Clients connected to the session, by number. Knows no roles and no baton.

pub mod attachment;
pub mod candidate;
pub mod closing;

use std::collections::BTreeMap;

use protocol::{
    close,
    wire::{Ping, Viewer as Person, server_message::Body},
};
use tokio::{
    sync::oneshot,
    time::{Duration, Instant},
};

use crate::attachments::attachment::{Attachment, watching_interval};

/// Time after its last input during which a participant is shown as typing.
const TYPING: Duration = Duration::from_secs(3);

#[derive(Default)]
pub struct Attachments {
    attached: BTreeMap<u64, Attachment>,
    last_number: u64,
    /// Probed attachments and the senders that resolve the probes.
    probes: Vec<(u64, oneshot::Sender<()>)>,
}

impl Attachments {
    pub fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    pub fn insert(&mut self, number: u64, attachment: Attachment) {
        self.attached.insert(number, attachment);
    }

    /// Removes an attachment and resolves its probes.
    pub fn remove(&mut self, number: u64) -> Option<Attachment> {
        self.probes.retain(|(probed, _)| *probed != number);
        self.attached.remove(&number)
    }

    pub fn take(&mut self) -> BTreeMap<u64, Attachment> {
        std::mem::take(&mut self.attached)
    }

    pub fn len(&self) -> usize {
        self.attached.len()
    }

    pub fn guest_count(&self) -> usize {
        self.values().filter(|attachment| attachment.guest.is_some()).count()
    }

    pub fn get(&self, number: u64) -> Option<&Attachment> {
        self.attached.get(&number)
    }

    pub fn get_mut(&mut self, number: u64) -> Option<&mut Attachment> {
        self.attached.get_mut(&number)
    }

    pub fn person(&self, number: u64) -> Option<Person> {
        self.get(number).map(|attachment| attachment.person.clone())
    }

    pub fn iter(&self) -> impl Iterator<Item = (u64, &Attachment)> {
        self.attached.iter().map(|(number, attachment)| (*number, attachment))
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (u64, &mut Attachment)> {
        self.attached.iter_mut().map(|(number, attachment)| (*number, attachment))
    }

    pub fn values(&self) -> impl Iterator<Item = &Attachment> {
        self.attached.values()
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Attachment> {
        self.attached.values_mut()
    }

    /// Shortest time between frames to each watching attachment.
    pub fn watching_interval(&self) -> Duration {
        watching_interval(self.values().filter(|attachment| attachment.watching).count())
    }

    /// Pings an attachment. The receiver resolves when it sends a message or detaches.
    pub fn probe(&mut self, number: u64) -> Option<oneshot::Receiver<()>> {
        self.get(number)?.send(Body::Ping(Ping { nonce: 0 }));
        let (sender, receiver) = oneshot::channel();
        self.probes.push((number, sender));
        Some(receiver)
    }

    /// Resolves the probes of an attachment that sent a message.
    pub fn resolve_probes(&mut self, number: u64) {
        for (_, sender) in self.probes.extract_if(.., |(probed, _)| *probed == number) {
            // The receiver may be gone.
            let _ = sender.send(());
        }
    }

    /// Handles passed deadlines: sends acknowledgements and closes stalled connections. Returns the stalled
    /// attachments and whether a participant stopped typing.
    pub fn tick(&mut self, now: Instant) -> (Vec<u64>, bool) {
        let (mut stalled, mut stopped_typing) = (Vec::new(), false);
        for (number, attachment) in &mut self.attached {
            if attachment.acks_at().is_some_and(|at| at <= now) {
                attachment.send_acks();
            }
            stopped_typing |= attachment.typed_at.take_if(|at| *at + TYPING <= now).is_some();
            if attachment.stalls_at().is_some_and(|at| at <= now) {
                let reason = "No frame was acknowledged for 30 seconds.";
                attachment.connection.close(close::TOO_SLOW, reason);
                stalled.push(*number);
            }
        }
        (stalled, stopped_typing)
    }

    /// Time of the next [`tick`](Self::tick).
    pub fn deadline(&self) -> Option<Instant> {
        let deadlines = self.values().flat_map(|attachment| {
            let typing = attachment.typed_at.map(|at| at + TYPING);
            [attachment.acks_at(), attachment.stalls_at(), typing]
        });
        deadlines.flatten().min()
    }
}
