//! What a terminal remembers besides the emulator's grid: title, palette, margins, answers to come,
//! and the work that one feed may still cost. Knows no bytes and no frames.

use std::collections::BTreeMap;

use crate::{Event, Size, grid::palette};

/// Most titles that `CSI 22 t` can stack.
const MAX_TITLES: usize = 16;

/// Bytes of answers one feed can give rise to: a flood of queries is a program talking to nobody.
const MAX_REPLIES: usize = 16 * 1024;

/// Work one feed of up to [`FEED`] bytes may cost, in units of about half a nanosecond.
const BUDGET: u64 = 40_000_000;

/// Bytes of a feed that one [`BUDGET`] pays for.
const FEED: usize = 64 * 1024;

/// Links that one of the emulator's grids holds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Links {
    /// Bytes of them at most, as far as they have been counted.
    pub bytes: usize,
    /// Bytes of links that came since they were.
    pub offered: usize,
}

/// State that the sequences of a program change.
#[derive(Debug, Default)]
pub struct Terminal {
    /// Title as set by OSC 0 or 2, free of control characters.
    pub title: String,
    titles: Vec<String>,
    /// Colours changed by OSC 4, 10, 11 and 12: 0 to 255, 256 foreground, 257 background, 258 cursor.
    pub palette: BTreeMap<u32, u32>,
    /// Foreground, background and cursor of whoever drives; none: [`palette::default`].
    pub theme: Option<[u32; 3]>,
    /// Times the bell rang, wrapping.
    pub bells: u32,
    /// First row of the scroll region.
    pub top: i32,
    /// Row behind the last one of the scroll region.
    pub bottom: i32,
    /// The history was cleared (ED 3, RIS).
    pub cleared: bool,
    /// Line ids or the whole screen start anew: a new epoch is due.
    pub restarted: bool,
    /// While the alternate screen is shown: lines ever evicted and lines of history of the primary one.
    pub primary: (u64, u64),
    /// The string that ends now was cut and must not be acted upon.
    pub discard: bool,
    /// The device control string being read, if it is a DECRQSS.
    pub request: Option<Vec<u8>>,
    /// Links of the primary and of the alternate grid.
    pub links: [Links; 2],
    /// The last character printed, for REP.
    pub last: Option<char>,
    events: Vec<Event>,
    reply_bytes: usize,
    budget: u64,
}

impl Terminal {
    /// The colour of a palette index, as a query of it is answered.
    #[must_use]
    pub fn color(&self, index: u32) -> u32 {
        let theme = || {
            let at = usize::try_from(index.checked_sub(palette::FOREGROUND)?).ok()?;
            self.theme.and_then(|theme| theme.get(at).copied())
        };
        let changed = self.palette.get(&index).copied();
        changed.or_else(theme).unwrap_or_else(|| palette::default(index))
    }

    /// A terminal of this size with nothing set.
    #[must_use]
    pub fn new(size: Size) -> Self {
        Self { bottom: i32::from(size.rows), ..Self::default() }
    }

    /// Starts the account of a feed of `bytes` bytes.
    pub fn begin_feed(&mut self, bytes: usize) {
        self.budget = BUDGET.saturating_mul(bytes.div_ceil(FEED).max(1) as u64);
        self.reply_bytes = 0;
    }

    /// Takes `units` of work from the account; false: it is exhausted and the work must not be done.
    pub fn spend(&mut self, units: u64) -> bool {
        match self.budget.checked_sub(units) {
            Some(left) => {
                self.budget = left;
                true
            }
            None => false,
        }
    }

    /// Queues an answer for the program.
    pub fn reply(&mut self, answer: &str) {
        self.reply_bytes += answer.len();
        if self.reply_bytes <= MAX_REPLIES {
            match self.events.last_mut() {
                Some(Event::Reply(bytes)) => bytes.extend_from_slice(answer.as_bytes()),
                _ => self.events.push(Event::Reply(answer.as_bytes().to_vec())),
            }
        }
    }

    /// Puts `text` on the viewers' clipboard; only the last one of several counts.
    pub fn clipboard(&mut self, text: String) {
        self.events.retain(|event| matches!(event, Event::Reply(_)));
        self.events.push(Event::Clipboard(text));
    }

    /// The events since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// `CSI 22 t`.
    pub fn push_title(&mut self) {
        if self.titles.len() == MAX_TITLES {
            self.titles.remove(0);
        }
        self.titles.push(self.title.clone());
    }

    /// `CSI 23 t`.
    pub fn pop_title(&mut self) {
        if let Some(title) = self.titles.pop() {
            self.title = title;
        }
    }

    /// RIS: everything but what is on its way to the program or the viewers.
    pub fn reset(&mut self, rows: i32) {
        let old = std::mem::take(self);
        *self = Self {
            bottom: rows,
            bells: old.bells,
            cleared: true,
            restarted: true,
            events: old.events,
            // None of them may be left: they are counted before one is turned away.
            links: old.links.map(|links| Links { offered: links.bytes, ..links }),
            reply_bytes: old.reply_bytes,
            budget: old.budget,
            ..Self::default()
        };
    }

    /// Takes over what outlives the emulator when that is replaced.
    pub fn adopt(&mut self, old: &mut Self) {
        self.title = std::mem::take(&mut old.title);
        self.titles = std::mem::take(&mut old.titles);
        self.palette = std::mem::take(&mut old.palette);
        self.events = std::mem::take(&mut old.events);
        self.bells = old.bells;
        self.theme = old.theme;
    }
}
