//! Elements that the widget owns, and signals that the page around the terminal shows.

use client::{BatonAction, Ending, Participants};
use leptos::prelude::{RwSignal, Set, WithUntracked};
use web_sys::{Element, HtmlElement, HtmlTextAreaElement};

/// Elements of the page that the widget owns.
#[derive(Clone)]
pub struct Dom {
    /// The terminal. It carries the state that tests and tools read.
    pub root: HtmlElement,
    pub scroller: HtmlElement,
    /// Has the height of all lines.
    pub area: Element,
    pub rows: Element,
    pub cursor: HtmlElement,
    /// Text being composed.
    pub preedit: HtmlElement,
    /// Receives the keyboard.
    pub keyboard: HtmlTextAreaElement,
    /// Measures cells.
    pub ruler: Element,
}

/// State that the page around the terminal shows.
#[derive(Clone, Copy, Default)]
pub struct Ui {
    /// `connecting`, `connected`, `reconnecting` or `ended`.
    pub state: RwSignal<&'static str>,
    /// Something between the page and the server does not forward WebSockets.
    pub lacks_websockets: RwSignal<bool>,
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
    pub bell: RwSignal<bool>,
    /// The page does not drive.
    pub watching: RwSignal<bool>,
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

impl Ui {
    /// State before the first connection.
    pub fn connecting() -> Self {
        Self { state: RwSignal::new("connecting"), ..Self::default() }
    }
}

/// Sets a signal if its value differs, so that nothing is rendered again without a change.
pub fn set_changed<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|it| *it != value) {
        signal.set(value);
    }
}
