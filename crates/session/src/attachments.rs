//! Clients connected to the session, by number: the position of the mirror of each and the frames in flight
//! to it. There is no queue per attachment: a slow one gets fewer, later frames.

use std::{
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

use prost::{
    Message,
    encoding::{WireType, encode_key, encode_varint},
};
use protocol::{
    framing::Channel,
    id::ClientId,
    wire::{
        Acked, Frame, Notice, Position, ServerMessage, Theme, Viewer as Person, notice,
        server_message::Body,
    },
};
use tokio::{
    sync::oneshot,
    time::{Duration, Instant},
};

use crate::{io::connection::Connection, shares::GuestId};

const WINDOW_FRAMES: usize = 2;

/// Bytes in flight at which no further frame is sent.
const WINDOW_BYTES: usize = 64 * 1024;

/// Shortest time between frames to a hidden page.
const HIDDEN_INTERVAL: Duration = Duration::from_secs(1);

/// Shortest time between frames per watching attachment. All of them share 600 frames a second, so that
/// an audience costs less than the session. The first frame after a pause is immediate.
const WATCHER_INTERVAL: Duration = Duration::from_nanos(1_000_000_000 / 600);

/// Time without acknowledgement after which an attachment is closed.
const STALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Time that acknowledgements of input wait for the next frame.
const ACK_DELAY: Duration = Duration::from_millis(40);

/// Time after its last input during which a participant is shown as typing.
const TYPING: Duration = Duration::from_secs(3);

/// Number of frames per hash of the whole screen.
const HASH_INTERVAL: u32 = 32;

/// Field number of `ServerMessage.frame`.
const FRAME_TAG: u32 = 2;

pub type Attachments = BTreeMap<u64, Attachment>;

/// Shortest time between frames to each watching attachment.
pub fn watching_interval(attachments: &Attachments) -> Duration {
    let watching = attachments.values().filter(|attachment| attachment.watching).count();
    WATCHER_INTERVAL * u32::try_from(watching).unwrap_or(u32::MAX)
}

/// Encodes a `ServerMessage` from two parts of its body, which decode as their merge.
pub fn merged(tag: u32, first: &[u8], rest: &impl Message) -> Vec<u8> {
    let length = first.len() + rest.encoded_len();
    let mut body = Vec::with_capacity(length + 6);
    encode_key(tag, WireType::LengthDelimited, &mut body);
    encode_varint(length as u64, &mut body);
    body.extend_from_slice(first);
    body.extend(rest.encode_to_vec());
    body
}

pub struct Attachment {
    pub connection: Rc<Connection>,
    /// Person and device, as shown to others.
    pub person: Person,
    pub guest: Option<GuestId>,
    /// The page or program.
    pub client: ClientId,
    /// The attachment does not drive: its input is refused, and it gets fewer frames of a flood.
    pub watching: bool,
    pub visible: bool,
    /// Epoch and first line that a guest may see.
    pub history_start: (u64, u64),
    /// Last input that reached the shell, while others see the participant typing.
    pub typed_at: Option<Instant>,
    /// A notice about refused input was sent.
    pub refusal_sent: bool,
    /// Size of the page, which the screen adopts when the attachment drives.
    pub size: Option<screen::Size>,
    /// Default colours of the page, reported to programs while the attachment drives.
    pub theme: Option<Theme>,
    /// Position of the mirror after all frames in flight.
    pub position: Option<Position>,
    /// Resolve pending probes when they are dropped.
    pub probes: Vec<oneshot::Sender<()>>,
    in_flight: VecDeque<(Instant, usize)>,
    last_frame: Option<Instant>,
    frames: u32,
    unsent_acks: u64,
    unacked_since: Option<Instant>,
}

impl Attachment {
    pub fn new(
        connection: Rc<Connection>,
        person: Person,
        client: ClientId,
        guest: Option<GuestId>,
        position: Option<Position>,
    ) -> Self {
        Self {
            connection,
            person,
            guest,
            client,
            watching: true,
            visible: true,
            history_start: (0, 0),
            typed_at: None,
            refusal_sent: false,
            size: None,
            theme: None,
            position,
            probes: Vec::new(),
            in_flight: VecDeque::new(),
            last_frame: None,
            frames: 0,
            unsent_acks: 0,
            unacked_since: None,
        }
    }

    /// Returns whether the mirror is older than this position.
    pub fn is_behind(&self, current: &Position) -> bool {
        self.position
            .as_ref()
            .is_none_or(|at| (at.epoch, at.revision) != (current.epoch, current.revision))
    }

    /// Time of the next frame, none while the window is full. `watching` is [`watching_interval`].
    pub fn ready_at(&self, now: Instant, watching: Duration) -> Option<Instant> {
        let bytes: usize = self.in_flight.iter().map(|(_, bytes)| bytes).sum();
        if self.in_flight.len() >= WINDOW_FRAMES || bytes >= WINDOW_BYTES {
            return None;
        }
        match self.last_frame {
            Some(last) if !self.visible => Some(last + HIDDEN_INTERVAL),
            Some(last) if self.watching => Some(last + watching),
            _ => Some(now),
        }
    }

    pub fn is_ready(&self, now: Instant, watching: Duration) -> bool {
        self.ready_at(now, watching).is_some_and(|at| at <= now)
    }

    pub fn wants_hash(&self) -> bool {
        self.frames.is_multiple_of(HASH_INTERVAL)
    }

    /// Sends a frame that was encoded without acknowledgements and hash.
    pub fn send_frame(&mut self, now: Instant, frame: &[u8], hash: u64, position: Position) {
        let rest = Frame { acked: self.take_acks(), hash, ..Frame::default() };
        let body = merged(FRAME_TAG, frame, &rest);
        self.connection.send(Channel::Message, &body);
        self.in_flight.push_back((now, body.len()));
        self.last_frame = Some(now);
        self.frames = self.frames.wrapping_add(1);
        self.position = Some(position);
    }

    pub fn acknowledge(&mut self, frames: u32) {
        let frames = usize::try_from(frames).unwrap_or(usize::MAX).min(self.in_flight.len());
        self.in_flight.drain(..frames);
    }

    /// Counts one processed input, to be acknowledged.
    pub fn input_done(&mut self, now: Instant) {
        self.unsent_acks += 1;
        self.unacked_since.get_or_insert(now);
    }

    fn take_acks(&mut self) -> u64 {
        self.unacked_since = None;
        std::mem::take(&mut self.unsent_acks)
    }

    /// Sends due acknowledgements that no frame has taken. Returns whether the participant stopped typing.
    pub fn tick(&mut self, now: Instant) -> bool {
        if self.acks_at().is_some_and(|at| at <= now) {
            let more = self.take_acks();
            self.send(Body::Acked(Acked { more }));
        }
        self.typed_at.take_if(|at| *at + TYPING <= now).is_some()
    }

    /// Returns whether the peer has not acknowledged a frame for too long.
    pub fn is_stalled(&self, now: Instant) -> bool {
        self.stalls_at().is_some_and(|at| at <= now)
    }

    /// Time at which the attachment stalls or the next [`tick`](Self::tick) is due.
    pub fn deadline(&self) -> Option<Instant> {
        let typing = self.typed_at.map(|at| at + TYPING);
        [self.acks_at(), self.stalls_at(), typing].into_iter().flatten().min()
    }

    fn acks_at(&self) -> Option<Instant> {
        self.unacked_since.map(|since| since + ACK_DELAY)
    }

    fn stalls_at(&self) -> Option<Instant> {
        self.in_flight.front().map(|(sent, _)| *sent + STALL_TIMEOUT)
    }

    /// Sends a message other than a frame.
    pub fn send(&self, body: Body) {
        self.connection.send(Channel::Message, &ServerMessage { body: Some(body) }.encode_to_vec());
    }

    pub fn notify(&self, body: notice::Body) {
        self.send(Body::Notice(Notice { body: Some(body) }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_sent_in_two_parts_is_one_message() {
        let frame = Frame { skip: 3, title: Some("t".into()), ..Frame::default() };
        let rest = Frame { acked: 2, hash: 9, ..Frame::default() };
        let whole = Frame { acked: 2, hash: 9, ..frame.clone() };
        let message = merged(FRAME_TAG, &frame.encode_to_vec(), &rest);
        let decoded = ServerMessage::decode(message.as_slice()).unwrap();
        assert_eq!(decoded.body, Some(Body::Frame(whole)));
    }
}
