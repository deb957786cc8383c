//! The screen, its frames and history: paces revisions and sends each attachment the frame from its position.

use prost::Message;
use protocol::wire::{Frame, History, HistoryRequest, Line, Position};
use screen::{Event, Screen, Size};
use tokio::time::{Duration, Instant};

use super::pace::Pace;
use crate::{
    attachments::{Attachments, watching_interval},
    process,
};

/// Longest time that synchronized output (mode 2026) holds frames back.
const MAX_HOLD: Duration = Duration::from_millis(150);

/// Time without output after which the history is compacted.
const QUIET: Duration = Duration::from_secs(1);

/// Bytes of lines in one reply. The client requests the remaining lines again.
const MAX_BYTES: usize = 256 * 1024;

pub struct ScreenFeed {
    /// Boxed, because a screen has 14 KB and every move would touch as much of the stack.
    pub screen: Box<Screen>,
    pace: Pace,
    /// The screen may have changed since its last revision.
    dirty: bool,
    held_since: Option<Instant>,
    last_output: Option<Instant>,
    last_frame: Option<EncodedFrame>,
}

/// The last encoded frame, shared by attachments at the same position.
struct EncodedFrame {
    from: Option<Position>,
    to: Position,
    bytes: Vec<u8>,
}

impl ScreenFeed {
    pub fn new(size: Size, scrollback: usize, history_bytes: u64) -> Self {
        let mut screen = Box::new(Screen::new(size, scrollback));
        screen.limit_history(history_bytes);
        let now = Instant::now();
        Self {
            screen,
            pace: Pace::new(now),
            dirty: false,
            held_since: None,
            // Memory used during the start is released as after a burst of output.
            last_output: Some(now),
            last_frame: None,
        }
    }

    pub fn output(&mut self, bytes: &[u8], now: Instant) -> Vec<Event> {
        self.screen.feed(bytes);
        self.dirty = true;
        self.last_output = Some(now);
        self.screen.take_events()
    }

    pub fn resize(&mut self, size: Size) {
        self.screen.resize(size);
        self.dirty = true;
    }

    pub fn limit_history(&mut self, bytes: u64) {
        self.screen.limit_history(bytes);
        self.dirty = true;
    }

    /// Takes a new revision if an attachment is ready for it and the pace permits it.
    pub fn sync(&mut self, now: Instant, attachments: &Attachments) {
        if self.is_held(now) {
            return;
        }
        let interval = watching_interval(attachments);
        let ready = attachments.values().any(|attachment| attachment.is_ready(now, interval));
        if self.dirty && ready && self.pace.next() <= now {
            self.dirty = false;
            if self.screen.sync() {
                self.pace.take(now);
            }
        }
    }

    fn is_held(&mut self, now: Instant) -> bool {
        if !self.screen.synchronized() {
            self.held_since = None;
            return false;
        }
        let since = *self.held_since.get_or_insert(now);
        if now.duration_since(since) < MAX_HOLD {
            return true;
        }
        self.screen.end_synchronized();
        self.held_since = None;
        false
    }

    /// Sends frames to attachments that are behind and ready, or with `force` to all that are behind.
    pub fn send_frames(&mut self, now: Instant, attachments: &mut Attachments, force: bool) {
        let current = self.screen.position();
        let mut hash = None;
        let interval = watching_interval(attachments);
        for attachment in attachments.values_mut() {
            let behind = attachment.is_behind(&current);
            if !behind || !(force || attachment.is_ready(now, interval)) {
                continue;
            }
            let shared = self
                .last_frame
                .as_ref()
                .is_some_and(|frame| frame.from == attachment.position && frame.to == current);
            if !shared {
                let Some(frame) = self.screen.frame_since(attachment.position.as_ref()) else {
                    attachment.position = Some(current);
                    continue;
                };
                self.last_frame = Some(EncodedFrame {
                    from: attachment.position,
                    to: current,
                    bytes: frame.encode_to_vec(),
                });
            }
            let hash = match attachment.wants_hash() {
                true => *hash.get_or_insert_with(|| self.screen.hash()),
                false => 0,
            };
            if let Some(frame) = &self.last_frame {
                attachment.send_frame(now, &frame.bytes, hash, current);
            }
        }
    }

    /// Returns the frame since `from` for a preview; none if nothing is newer.
    pub fn preview(&mut self, from: Option<&Position>) -> Option<Frame> {
        if self.dirty && !self.is_held(Instant::now()) {
            self.dirty = false;
            self.screen.sync();
        }
        let mut frame = self.screen.frame_since(from)?;
        frame.hash = self.screen.hash();
        Some(frame)
    }

    /// Sends the last frames, regardless of pace and windows.
    pub fn finish(&mut self, attachments: &mut Attachments) {
        self.screen.end_synchronized();
        self.screen.sync();
        self.send_frames(Instant::now(), attachments, true);
    }

    /// Compacts the history and releases memory after a quiet time. Returns whether it did.
    pub fn compact_if_quiet(&mut self, now: Instant) -> bool {
        let quiet = self.last_output.take_if(|at| *at + QUIET <= now).is_some();
        if quiet {
            self.screen.compact();
            process::trim_memory();
        }
        quiet
    }

    /// Time of the next frame or compaction.
    pub fn deadline(&self, now: Instant, attachments: &Attachments) -> Option<Instant> {
        let current = self.screen.position();
        let interval = watching_interval(attachments);
        let ready = attachments.values().filter_map(|attachment| {
            let pending = self.dirty || attachment.is_behind(&current);
            pending.then(|| attachment.ready_at(now, interval)).flatten()
        });
        let frame = ready.min().map(|at| match self.held_since {
            Some(since) => at.max(since + MAX_HOLD),
            None => at.max(self.pace.next()),
        });
        let compaction = self.last_output.map(|at| at + QUIET);
        [frame, compaction].into_iter().flatten().min()
    }
}

/// `visible_from` is set for guests: the epoch and the first line that the guest may see.
pub fn read_history(
    screen: &mut Screen,
    request: HistoryRequest,
    visible_from: Option<&mut (u64, u64)>,
) -> History {
    let count = request.count.min(protocol::MAX_HISTORY_LINES);
    let mut history = match visible_from {
        Some(start) => read_since(screen, start, request.first, count),
        None => screen.lines(request.first, count),
    };
    truncate(&mut history);
    history
}

/// Blanks lines from before the guest joined: a share shows the screen as it is, not its past.
fn read_since(screen: &mut Screen, start: &mut (u64, u64), first: u64, count: u32) -> History {
    let held = screen.lines(u64::MAX, 0);
    if start.0 != held.epoch {
        *start = (held.epoch, screen.top());
    }
    let first = first.max(held.oldest);
    let hidden = start.1.saturating_sub(first).min(count.into());
    let rest = count.saturating_sub(u32::try_from(hidden).unwrap_or(count));
    let mut history = screen.lines(first + hidden, rest);
    history.first = first;
    let blanks = (0..hidden).map(|_| Line::default());
    history.lines.splice(0..0, blanks);
    history
}

/// Drops the lines beyond [`MAX_BYTES`], but keeps at least one.
fn truncate(history: &mut History) {
    let mut bytes = 0;
    let fitting = history.lines.iter().take_while(|line| {
        bytes += line.encoded_len();
        bytes <= MAX_BYTES
    });
    let fitting = fitting.count().max(1);
    history.lines.truncate(fitting);
}
