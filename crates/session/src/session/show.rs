//! What viewers are shown, and when: the pace of the screen, the window of each viewer, and everything
//! else that waits for its time.

use prost::Message;
use protocol::{close, wire};
use tokio::time::{Duration, Instant};

use super::{EncodedFrame, Session};
use crate::attachments::attachment::watching_interval;

/// Synchronized output (mode 2026) holds frames back for at most this long.
const HOLD: Duration = Duration::from_millis(150);

/// Who typed within this time types, for others to see.
const TYPING: Duration = Duration::from_secs(3);

/// After this long without output the history is packed.
const IDLE: Duration = Duration::from_secs(1);

impl Session {
    /// Shows viewers what they may be shown now.
    pub fn flush(&mut self) {
        let now = Instant::now();
        if !self.held(now) {
            let watching = self.watching();
            let waiting = self.viewers.values().any(|viewer| viewer.ready(now, watching));
            if self.dirty && waiting && self.pace.next() <= now {
                self.dirty = false;
                if self.screen.sync() {
                    self.pace.take(now);
                }
            }
        }
        if self.rounds.at.is_some_and(|at| at <= now) {
            self.tell_crew(now);
        }
        self.send_frames(now, false);
        if let Some(at) = self.deadline(now)
            && self.armed.is_none_or(|armed| at < armed)
        {
            self.wake.notify_one();
        }
    }

    fn watching(&self) -> Duration {
        watching_interval(self.viewers.values().filter(|viewer| viewer.watch).count())
    }

    fn held(&mut self, now: Instant) -> bool {
        if !self.screen.synchronized() {
            self.held_since = None;
            return false;
        }
        let since = *self.held_since.get_or_insert(now);
        if now.duration_since(since) < HOLD {
            return true;
        }
        self.screen.end_synchronized();
        self.held_since = None;
        false
    }

    pub(super) fn send_frames(&mut self, now: Instant, regardless: bool) {
        let current = self.screen.position();
        let mut hash = None;
        let watching = self.watching();
        for viewer in self.viewers.values_mut() {
            let behind = viewer
                .position
                .as_ref()
                .is_none_or(|at| (at.epoch, at.revision) != (current.epoch, current.revision));
            if !behind || !(regardless || viewer.ready(now, watching)) {
                continue;
            }
            let shared = self
                .frame
                .as_ref()
                .is_some_and(|frame| frame.from == viewer.position && frame.to == current);
            if !shared {
                let Some(frame) = self.screen.frame_since(viewer.position.as_ref()) else {
                    viewer.position = Some(current);
                    continue;
                };
                self.frame = Some(EncodedFrame {
                    from: viewer.position,
                    to: current,
                    bytes: frame.encode_to_vec(),
                });
            }
            let hash = match viewer.wants_hash() {
                true => *hash.get_or_insert_with(|| self.screen.hash()),
                false => 0,
            };
            if let Some(frame) = &self.frame {
                viewer.send_frame(now, &frame.bytes, hash, current);
            }
        }
    }

    /// The screen as it is for somebody who is not attached and holds `from`; none when nothing is newer.
    pub fn peek(&mut self, from: Option<&wire::Position>) -> Option<wire::Frame> {
        if self.dirty && !self.held(Instant::now()) {
            self.dirty = false;
            self.screen.sync();
        }
        let mut frame = self.screen.frame_since(from)?;
        frame.hash = self.screen.hash();
        self.flush();
        Some(frame)
    }

    /// Does what was waiting for its time.
    pub fn tick(&mut self) {
        let now = Instant::now();
        self.armed = None;
        let (mut stalled, mut fell_silent) = (Vec::new(), false);
        for (number, viewer) in &mut self.viewers {
            if viewer.acks_at().is_some_and(|at| at <= now) {
                viewer.send_acks();
            }
            fell_silent |= viewer.typed_at.take_if(|at| *at + TYPING <= now).is_some();
            if viewer.stalls_at().is_some_and(|at| at <= now) {
                viewer
                    .connection
                    .close(close::TOO_SLOW, "Nothing was acknowledged for 30 seconds.");
                stalled.push(*number);
            }
        }
        if fell_silent {
            self.call_a_round();
        }
        self.end_loan(now);
        stalled.into_iter().for_each(|number| self.leave(number));
        if self.last_output.is_some_and(|at| at + IDLE <= now) {
            self.last_output = None;
            self.screen.compact();
            crate::process::memory::give_back();
            self.reports.changed(now);
        }
        if self.reports.due(now) {
            self.reports.send(&self.report(), now);
        }
        self.flush();
    }

    /// When [`tick`](Self::tick) is to be called next.
    fn deadline(&self, now: Instant) -> Option<Instant> {
        let current = self.screen.position();
        let watching = self.watching();
        let ready = self.viewers.values().filter_map(|viewer| {
            let behind = viewer
                .position
                .is_none_or(|at| (at.epoch, at.revision) != (current.epoch, current.revision));
            (behind || self.dirty).then(|| viewer.ready_at(now, watching)).flatten()
        });
        let frame = ready.min().map(|at| match self.held_since {
            Some(since) => at.max(since + HOLD),
            None => at.max(self.pace.next()),
        });
        let viewers = self.viewers.values().flat_map(|viewer| {
            let typing = viewer.typed_at.map(|at| at + TYPING);
            [viewer.acks_at(), viewer.stalls_at(), typing]
        });
        let loan = self.loan.as_ref().map(|loan| loan.until);
        let settled = self.last_output.map(|at| at + IDLE);
        let own = [frame, settled, self.reports.at(), self.rounds.at, loan];
        viewers.chain(own).flatten().min()
    }

    /// As `deadline`, remembered: an earlier one rings [`wake`](Self::wake).
    pub fn arm(&mut self) -> Option<Instant> {
        self.armed = self.deadline(Instant::now());
        self.armed
    }
}
