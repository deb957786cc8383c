//! What the session knows of one attachment: where its mirror stands and how much is on the way to it.
//! There is no queue per viewer: a slow one gets fewer, later frames.

use std::{collections::VecDeque, rc::Rc};

use prost::Message;
use protocol::{
    framing::Channel,
    id::ClientId,
    wire::{Position, ServerMessage, Theme, Viewer as Person, server_message::Body},
};
use tokio::time::{Duration, Instant};

use crate::{io::connection::Connection, sharing::shares::Badge};

/// Frames that may be on the way at once.
const WINDOW_FRAMES: usize = 2;

/// Bytes of frames that may be on the way at once.
const WINDOW_BYTES: usize = 64 * 1024;

/// A hidden page gets a frame at most this often.
const HIDDEN_INTERVAL: Duration = Duration::from_secs(1);

/// All that watch share 600 frames a second: each is shown what came after a pause at once, and a
/// flood less often the more there are, so that an audience does not cost what its session does.
const WATCHERS_SHARE: Duration = Duration::from_nanos(1_000_000_000 / 600);

/// The shortest time between two frames to each of `watchers`.
pub fn watching_interval(watchers: usize) -> Duration {
    WATCHERS_SHARE * u32::try_from(watchers).unwrap_or(u32::MAX)
}

/// A viewer that acknowledges nothing for this long is cut off.
pub const STALLED: Duration = Duration::from_secs(30);

/// Acknowledgements of input ride on the next frame; without one they go alone after this long.
pub const ACK_DELAY: Duration = Duration::from_millis(40);

/// Every so many frames one carries the hash of the whole screen.
const HASH_EVERY: u32 = 32;

/// One attachment.
pub struct Viewer {
    /// Its connection.
    pub connection: Rc<Connection>,
    /// Who it is, for others to see.
    pub person: Person,
    /// The share it came by, and as whom.
    pub badge: Option<Badge>,
    /// The page or program behind it.
    pub client: ClientId,
    /// It does not drive: its input is refused, and a flood is shown to it less often.
    pub watch: bool,
    /// Its page is on a screen.
    pub visible: bool,
    /// A guest's: the epoch, and the first line in it that it was there for.
    pub since: (u64, u64),
    /// When its input last reached the shell, while others are to see that it types.
    pub typed_at: Option<Instant>,
    /// It was told that its input is refused.
    pub refused: bool,
    /// How large its page is; the screen follows when it drives.
    pub size: Option<screen::Size>,
    /// The colours it shows by default; queries are answered with them while it drives.
    pub theme: Option<Theme>,
    /// What its mirror holds once everything sent has arrived.
    pub position: Option<Position>,
    on_the_way: VecDeque<(Instant, usize)>,
    last_frame: Option<Instant>,
    frames: u32,
    done: u64,
    done_since: Option<Instant>,
}

impl Viewer {
    /// A viewer that was sent nothing yet.
    pub fn new(
        connection: Rc<Connection>,
        person: Person,
        client: ClientId,
        watch: bool,
        position: Option<Position>,
    ) -> Self {
        Self {
            connection,
            person,
            badge: None,
            client,
            watch,
            visible: true,
            since: (0, 0),
            typed_at: None,
            refused: false,
            size: None,
            theme: None,
            position,
            on_the_way: VecDeque::new(),
            last_frame: None,
            frames: 0,
            done: 0,
            done_since: None,
        }
    }

    /// When it may be sent the next frame, `watching` being the time between two when it watches; none
    /// while its window is full.
    pub fn ready_at(&self, now: Instant, watching: Duration) -> Option<Instant> {
        let bytes: usize = self.on_the_way.iter().map(|(_, bytes)| bytes).sum();
        if self.on_the_way.len() >= WINDOW_FRAMES || bytes >= WINDOW_BYTES {
            return None;
        }
        match self.last_frame {
            Some(last) if !self.visible => Some(last + HIDDEN_INTERVAL),
            Some(last) if self.watch => Some(last + watching),
            _ => Some(now),
        }
    }

    /// Whether it may be sent a frame now.
    pub fn ready(&self, now: Instant, watching: Duration) -> bool {
        self.ready_at(now, watching).is_some_and(|at| at <= now)
    }

    /// Whether the next frame is to carry the hash.
    pub fn wants_hash(&self) -> bool {
        self.frames.is_multiple_of(HASH_EVERY)
    }

    /// Sends a frame, encoded without its number of acknowledged inputs and without hash.
    pub fn send_frame(&mut self, now: Instant, frame: &[u8], hash: u64, position: Position) {
        let rest = protocol::wire::Frame { acked: self.take_done(), hash, ..Default::default() };
        let length = frame.len() + rest.encoded_len();
        // Two encodings of one message, one behind the other, are the encoding of both merged.
        let mut body = Vec::with_capacity(length + 6);
        prost::encoding::encode_key(
            FRAME_TAG,
            prost::encoding::WireType::LengthDelimited,
            &mut body,
        );
        prost::encoding::encode_varint(length as u64, &mut body);
        body.extend_from_slice(frame);
        body.extend(rest.encode_to_vec());
        self.connection.send(Channel::Message, &body);
        self.on_the_way.push_back((now, body.len()));
        self.last_frame = Some(now);
        self.frames = self.frames.wrapping_add(1);
        self.position = Some(position);
    }

    /// Frames it applied.
    pub fn acknowledge(&mut self, frames: u32) {
        let frames = usize::try_from(frames).unwrap_or(usize::MAX).min(self.on_the_way.len());
        self.on_the_way.drain(..frames);
    }

    /// When it will count as stalled.
    pub fn stalls_at(&self) -> Option<Instant> {
        self.on_the_way.front().map(|(sent, _)| *sent + STALLED)
    }

    /// One of its inputs is done with.
    pub fn input_done(&mut self, now: Instant) {
        self.done += 1;
        self.done_since.get_or_insert(now);
    }

    /// When its acknowledgements have waited long enough for a frame to ride on.
    pub fn acks_at(&self) -> Option<Instant> {
        self.done_since.map(|since| since + ACK_DELAY)
    }

    /// Sends its acknowledgements alone.
    pub fn send_acks(&mut self) {
        let more = self.take_done();
        if more > 0 {
            self.send(Body::Acked(protocol::wire::Acked { more }));
        }
    }

    fn take_done(&mut self) -> u64 {
        self.done_since = None;
        std::mem::take(&mut self.done)
    }

    /// Sends any other message.
    pub fn send(&self, body: Body) {
        self.connection.send(Channel::Message, &ServerMessage { body: Some(body) }.encode_to_vec());
    }
}

/// Field number of `ServerMessage.frame`.
const FRAME_TAG: u32 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::wire::Frame;

    #[test]
    fn a_frame_sent_in_two_parts_is_one_message() {
        let frame = Frame { skip: 3, title: Some("t".into()), ..Frame::default() };
        let rest = Frame { acked: 2, hash: 9, ..Frame::default() };
        let whole = Frame { acked: 2, hash: 9, ..frame.clone() };
        let merged = [frame.encode_to_vec(), rest.encode_to_vec()].concat();
        assert_eq!(Frame::decode(merged.as_slice()).unwrap(), whole);
        let message = ServerMessage { body: Some(Body::Frame(whole)) }.encode_to_vec();
        assert_eq!(u32::from(message[0] >> 3), FRAME_TAG);
    }
}
