//! Elements that the widget owns, and signals that the page around the terminal shows.

use client::{BatonAction, Ending, Participants};
use leptos::prelude::RwSignal;
use web_sys::{Element, HtmlElement, HtmlTextAreaElement};

/// Elements of the page that the widget owns.
#[derive(Clone)]
pub struct Dom {
    /// The terminal. It carries the state that tests and tools read.
    pub root: HtmlElement,
    /// Scrolls.
    pub scroller: HtmlElement,
    /// Has the height of all lines.
    pub area: Element,
    /// The visible rows.
    pub rows: Element,
    /// The cursor.
    pub cursor: HtmlElement,
    /// Text being composed.
    pub preedit: HtmlElement,
    /// Receives the keyboard.
    pub keyboard: HtmlTextAreaElement,
    /// Measures cells.
    pub ruler: Element,
}

/// State that the page around the terminal shows.
#[derive(Clone, Copy)]
pub struct Ui {
    /// `connecting`, `connected`, `reconnecting` or `ended`.
    pub state: RwSignal<&'static str>,
    /// Seconds until the next attempt to reconnect.
    pub seconds: RwSignal<u64>,
    /// Number of unacknowledged inputs.
    pub waiting: RwSignal<usize>,
    /// Reason why there is no running terminal.
    pub ending: RwSignal<Option<Ending>>,
    /// Title that the program set.
    pub title: RwSignal<String>,
    /// Output arrived below the visible lines.
    pub below: RwSignal<bool>,
    /// The bell rings.
    pub bell: RwSignal<bool>,
    /// The page does not drive.
    pub watching: RwSignal<bool>,
    /// Everyone attached.
    pub participants: RwSignal<Participants>,
    /// Expiry of the session in Unix milliseconds, once it is near.
    pub expires: RwSignal<Option<i64>>,
    /// End of a share in Unix milliseconds, once it is near: the guest's own, or the owner's.
    pub share_ends: RwSignal<Option<i64>>,
    /// Wrong passwords tried for the shares of this session.
    pub wrong_passwords: RwSignal<u32>,
    /// Action on the baton for the widget to perform.
    pub baton: RwSignal<Option<BatonAction>>,
    /// Sentence shown for a while.
    pub notice: RwSignal<Option<String>>,
    /// Modifiers held by the key bar, bits of `keys`.
    pub held: RwSignal<u32>,
}

impl Default for Ui {
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
            participants: RwSignal::new(Participants::default()),
            expires: RwSignal::new(None),
            share_ends: RwSignal::new(None),
            wrong_passwords: RwSignal::new(0),
            baton: RwSignal::new(None),
            notice: RwSignal::new(None),
            held: RwSignal::new(0),
        }
    }
}
