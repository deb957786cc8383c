//! A validated request to attach.

use protocol::{
    id::ClientId,
    wire::{AttachRequest, Guest, Position, Viewer as Person},
};
use uuid::Uuid;

use crate::{clock::unix_millis, sharing::shares::GuestId};

/// Longest name of a person or device, in characters.
const MAX_NAME: usize = 80;

pub enum Kind {
    /// Client of the owner that attaches to drive.
    Owner,
    /// Client of the owner that attaches to watch.
    Watcher,
    /// Another member who attaches to watch.
    Overseer,
    Guest(GuestId, Guest),
}

/// A validated request to attach.
pub struct Candidate {
    pub client: ClientId,
    /// Person and device, as shown to others.
    pub person: Person,
    pub kind: Kind,
    /// Position of the client's mirror.
    pub position: Option<Position>,
    /// Number of the oldest input that the client still holds.
    pub next_input: u64,
    /// The user chose to take over.
    pub take_over: bool,
}

impl Candidate {
    /// Validates a request.
    ///
    /// # Errors
    /// Reason for closing the connection.
    pub fn parse(request: AttachRequest) -> Result<Self, &'static str> {
        let hello = request.hello.unwrap_or_default();
        let client = Uuid::from_slice(&hello.client).map(ClientId);
        let client = client.map_err(|_| "Client ids must have 16 bytes.")?;
        if !(protocol::OLDEST_VERSION..=protocol::VERSION).contains(&hello.version) {
            return Err("This page uses an unsupported version of websh. Reload it.");
        }
        let mut person = request.viewer.unwrap_or_default();
        let kind = match (request.guest, request.overseeing, request.watch) {
            (Some(guest), ..) => {
                person.who.clone_from(&guest.name);
                Kind::Guest(guest_id(&guest)?, guest)
            }
            (None, true, _) => Kind::Overseer,
            (None, false, true) => Kind::Watcher,
            (None, false, false) => Kind::Owner,
        };
        person.who = displayable(&person.who);
        person.device = displayable(&person.device);
        person.since = unix_millis();
        Ok(Self {
            client,
            person,
            kind,
            position: hello.position,
            next_input: hello.next_input,
            take_over: hello.take_over,
        })
    }
}

fn guest_id(guest: &Guest) -> Result<GuestId, &'static str> {
    match (Uuid::from_slice(&guest.share), Uuid::from_slice(&guest.guest)) {
        (Ok(share), Ok(guest)) => Ok(GuestId { share, guest }),
        _ => Err("Share and guest ids must have 16 bytes."),
    }
}

fn displayable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}
