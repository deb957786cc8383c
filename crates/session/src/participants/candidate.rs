//! A validated request to attach.

use protocol::{
    id::ClientId,
    wire::{AttachRequest, Guest, Position, Viewer as Person},
};
use uuid::Uuid;

use super::baton::Role;
use crate::{clock::unix_millis, shares::GuestId};

/// Longest name of a person or device, in characters.
const MAX_NAME: usize = 80;

pub enum Kind {
    /// Role [`Role::Owner`], [`Role::Watcher`] or [`Role::Overseer`].
    Member(Role),
    Guest(GuestId, Guest),
}

pub struct Candidate {
    pub client: ClientId,
    /// Person and device, as shown to others.
    pub person: Person,
    pub kind: Kind,
    pub position: Option<Position>,
    /// Number of the oldest input that the client still holds.
    pub next_input: u64,
    /// The user chose to take over.
    pub take_over: bool,
}

impl Candidate {
    /// Validates a request. Fails with the reason for closing the connection.
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
                let ids = (Uuid::from_slice(&guest.share), Uuid::from_slice(&guest.guest));
                let (Ok(share), Ok(id)) = ids else {
                    return Err("Share and guest ids must have 16 bytes.");
                };
                Kind::Guest(GuestId { share, guest: id }, guest)
            }
            (None, true, _) => Kind::Member(Role::Overseer),
            (None, false, true) => Kind::Member(Role::Watcher),
            (None, false, false) => Kind::Member(Role::Owner),
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

fn displayable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}
