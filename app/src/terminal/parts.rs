//! What a terminal page consists of: its elements, what is shown around them, and all that changes.

use leptos::prelude::RwSignal;
use protocol::{
    api::{AttachMode, Ticket},
    mirror::Mirror,
};
use web_sys::{Document, Element, HtmlElement, HtmlTextAreaElement};

use crate::terminal::{
    crew::{Crew, Move},
    ending::Ending,
    link::Link,
    metrics::Metrics,
    outbox::Outbox,
    painter::Painter,
    pointer::Pointer,
    scrollback::{Scrollback, Viewport},
    seat::Seat,
    socket::Socket,
};

/// The parts of the page that the widget owns.
#[derive(Clone)]
pub struct Dom {
    /// The whole: carries the state that tests and tools read.
    pub root: HtmlElement,
    /// What scrolls.
    pub scroller: HtmlElement,
    /// As tall as all lines.
    pub area: Element,
    /// The visible rows.
    pub rows: Element,
    /// The cursor.
    pub cursor: HtmlElement,
    /// Text being composed.
    pub preedit: HtmlElement,
    /// Takes the keyboard.
    pub keyboard: HtmlTextAreaElement,
    /// Measures cells.
    pub ruler: Element,
}

/// What the page around the terminal shows.
#[derive(Clone, Copy)]
pub struct Ui {
    /// `connecting`, `connected`, `reconnecting` or `ended`.
    pub state: RwSignal<&'static str>,
    /// Seconds until the next attempt.
    pub seconds: RwSignal<u64>,
    /// Inputs not acknowledged.
    pub waiting: RwSignal<usize>,
    /// Why there is no running terminal.
    pub ending: RwSignal<Option<Ending>>,
    /// Title the program set.
    pub title: RwSignal<String>,
    /// Output came below what is shown.
    pub below: RwSignal<bool>,
    /// The bell rings.
    pub bell: RwSignal<bool>,
    /// Only looks.
    pub watching: RwSignal<bool>,
    /// Who is attached.
    pub crew: RwSignal<Crew>,
    /// When the session expires if nobody does anything, in Unix milliseconds, once it is near.
    pub expires: RwSignal<Option<i64>>,
    /// When a share ends, in Unix milliseconds, once it is near: a guest's own, or the owner's.
    pub share_ends: RwSignal<Option<i64>>,
    /// Wrong passwords for the shares of this session that the owner has not looked at.
    pub wrong_passwords: RwSignal<u32>,
    /// What somebody wants about who drives, for the widget to say.
    pub wish: RwSignal<Option<Move>>,
    /// One sentence that passes.
    pub notice: RwSignal<Option<String>>,
    /// Modifiers held by the key bar, bits of `keys`.
    pub held: RwSignal<u32>,
}

impl Default for Ui {
    /// A page that has not connected yet.
    fn default() -> Self {
        Self {
            state: RwSignal::new("connecting"),
            seconds: RwSignal::new(0),
            waiting: RwSignal::new(0),
            ending: RwSignal::new(None),
            title: RwSignal::new(String::new()),
            below: RwSignal::new(false),
            bell: RwSignal::new(false),
            watching: RwSignal::new(false),
            crew: RwSignal::new(Crew::default()),
            expires: RwSignal::new(None),
            share_ends: RwSignal::new(None),
            wrong_passwords: RwSignal::new(0),
            wish: RwSignal::new(None),
            notice: RwSignal::new(None),
            held: RwSignal::new(0),
        }
    }
}

/// Everything that changes.
pub struct State {
    pub(super) mirror: Mirror,
    /// Counts whole screens: style numbers mean nothing across them.
    pub(super) table: u64,
    /// A frame did not fit: frames are of no use until the next whole screen.
    pub(super) lost: bool,
    pub(super) link: Link,
    pub(super) outbox: Outbox,
    pub(super) scrollback: Scrollback,
    pub(super) view: Viewport,
    pub(super) metrics: Metrics,
    pub(super) painter: Painter,
    pub(super) pointer: Pointer,
    pub(super) socket: Option<Socket>,
    /// Counts sockets: what an earlier one still says is not heard.
    pub(super) attempt: u64,
    pub(super) ticket: Option<Ticket>,
    pub(super) mode: AttachMode,
    pub(super) driving: bool,
    /// It may drive, or does: the session takes its input, and its size for when it drives.
    pub(super) may_drive: bool,
    /// Columns and rows that fit the page.
    pub(super) fitting: Option<(u32, u32)>,
    /// Size of a cell where nothing is scaled, in CSS pixels.
    pub(super) natural: (f64, f64),
    /// Those that the session was told on this connection.
    pub(super) told: Option<(u32, u32)>,
    pub(super) seat: Seat,
    pub(super) bells: u64,
    pub(super) last_bell: u64,
    /// Custom properties that the program set on the terminal.
    pub(super) palette: Vec<u32>,
    pub(super) composing: bool,
    /// Text of the field that was sent already.
    pub(super) typed: String,
}

impl State {
    /// A page that knows its session and nothing of its screen.
    pub fn new(document: Document, rows: Element, seat: Seat) -> Self {
        Self {
            mirror: Mirror::default(),
            table: 0,
            lost: false,
            link: Link::default(),
            outbox: Outbox::default(),
            scrollback: Scrollback::default(),
            view: Viewport::default(),
            metrics: Metrics::default(),
            painter: Painter::new(document, rows),
            pointer: Pointer::default(),
            socket: None,
            attempt: 0,
            ticket: None,
            mode: AttachMode::Drive,
            driving: false,
            may_drive: false,
            fitting: None,
            natural: (0.0, 0.0),
            told: None,
            seat,
            bells: 0,
            last_bell: 0,
            palette: Vec::new(),
            composing: false,
            typed: String::new(),
        }
    }
}
