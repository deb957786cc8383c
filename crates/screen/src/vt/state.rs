//! State of the terminal beside the emulator's grid: title, palette, margins, pending events and the
//! remaining budget of a feed. Does not parse bytes or build frames.

use std::collections::BTreeMap;

use crate::{Event, Size, grid::palette};

/// Maximum depth of the title stack (`CSI 22 t`).
const MAX_TITLES: usize = 16;

/// Maximum bytes of replies per feed. A program that floods queries does not read the replies.
const MAX_REPLIES: usize = 16 * 1024;

/// Budget of work per [`FEED`] bytes of a feed, in units of about half a nanosecond.
const BUDGET: u64 = 40_000_000;

/// Bytes of a feed per [`BUDGET`].
const FEED: usize = 64 * 1024;

/// Links in one grid of the emulator.
#[derive(Clone, Copy, Debug, Default)]
pub struct Links {
    /// Upper bound of their bytes, exact after a recount.
    pub bytes: usize,
    /// Bytes of links added since the last recount.
    pub offered: usize,
}

/// State changed by sequences.
#[derive(Debug, Default)]
pub struct Terminal {
    /// Title set by OSC 0 or 2, without control characters.
    pub title: String,
    titles: Vec<String>,
    /// Colours set by OSC 4, 10, 11 and 12: 0 to 255, 256 foreground, 257 background, 258 cursor.
    pub palette: BTreeMap<u32, u32>,
    /// Foreground, background and cursor colours of the driver, else those of [`palette::default`].
    pub theme: Option<[u32; 3]>,
    /// Times the bell rang, wrapping.
    pub bells: u32,
    /// First row of the scroll region.
    pub top: i32,
    /// Row after the last one of the scroll region.
    pub bottom: i32,
    /// The history was cleared (ED 3, RIS).
    pub cleared: bool,
    /// Line ids or the whole screen were reset, which requires a new epoch.
    pub restarted: bool,
    /// While the alternate screen is shown: evicted lines and history lines of the primary one.
    pub primary: (u64, u64),
    /// The current string was cancelled and must be ignored.
    pub discard: bool,
    /// DECRQSS request being read.
    pub request: Option<Vec<u8>>,
    /// Links of the primary and the alternate grid.
    pub links: [Links; 2],
    /// Last printed character, for REP.
    pub last: Option<char>,
    events: Vec<Event>,
    reply_bytes: usize,
    budget: u64,
}

impl Terminal {
    pub fn color(&self, index: u32) -> u32 {
        let theme = || {
            let at = usize::try_from(index.checked_sub(palette::FOREGROUND)?).ok()?;
            self.theme.and_then(|theme| theme.get(at).copied())
        };
        let changed = self.palette.get(&index).copied();
        changed.or_else(theme).unwrap_or_else(|| palette::default(index))
    }

    /// Creates the state of a blank terminal.
    pub fn new(size: Size) -> Self {
        Self { bottom: i32::from(size.rows), ..Self::default() }
    }

    /// Resets the budget for a feed of `bytes` bytes.
    pub fn begin_feed(&mut self, bytes: usize) {
        self.budget = BUDGET.saturating_mul(bytes.div_ceil(FEED).max(1) as u64);
        self.reply_bytes = 0;
    }

    /// Takes `units` of work from the budget. Returns false if it is exhausted; the work must then be skipped.
    pub fn spend(&mut self, units: u64) -> bool {
        match self.budget.checked_sub(units) {
            Some(left) => {
                self.budget = left;
                true
            }
            None => false,
        }
    }

    pub fn reply(&mut self, reply: &str) {
        self.reply_bytes += reply.len();
        if self.reply_bytes <= MAX_REPLIES {
            match self.events.last_mut() {
                Some(Event::Reply(bytes)) => bytes.extend_from_slice(reply.as_bytes()),
                _ => self.events.push(Event::Reply(reply.as_bytes().to_vec())),
            }
        }
    }

    /// Queues `text` for the clipboard. Replaces an earlier one.
    pub fn clipboard(&mut self, text: String) {
        self.events.retain(|event| matches!(event, Event::Reply(_)));
        self.events.push(Event::Clipboard(text));
    }

    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Saves the title (`CSI 22 t`).
    pub fn push_title(&mut self) {
        if self.titles.len() == MAX_TITLES {
            self.titles.remove(0);
        }
        self.titles.push(self.title.clone());
    }

    /// Restores the title (`CSI 23 t`).
    pub fn pop_title(&mut self) {
        if let Some(title) = self.titles.pop() {
            self.title = title;
        }
    }

    /// Resets the state (RIS), except for pending events.
    pub fn reset(&mut self, rows: i32) {
        let old = std::mem::take(self);
        *self = Self {
            bottom: rows,
            bells: old.bells,
            cleared: true,
            restarted: true,
            events: old.events,
            // Possibly none is left, so the links are recounted before one is refused.
            links: old.links.map(|links| Links { offered: links.bytes, ..links }),
            reply_bytes: old.reply_bytes,
            budget: old.budget,
            ..Self::default()
        };
    }

    /// Takes over the state that outlives a replaced emulator.
    pub fn adopt(&mut self, old: &mut Self) {
        self.title = std::mem::take(&mut old.title);
        self.titles = std::mem::take(&mut old.titles);
        self.palette = std::mem::take(&mut old.palette);
        self.events = std::mem::take(&mut old.events);
        self.bells = old.bells;
        self.theme = old.theme;
    }
}
