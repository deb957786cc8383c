//! The terminal of a page: ties the connection, the mirror, the input and the painter together. One
//! value owns all of it and lives as long as the page shows it. Runs in browsers only.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use leptos::prelude::*;
use protocol::{api::AttachMode, wire::input::Event as Input};
use uuid::Uuid;
use web_sys::{Document, Element, ResizeObserver};

use crate::{
    browser::{self, Listener},
    terminal::{
        crew::{Crew, Move},
        link, look,
        parts::{Dom, State, Ui},
        seat::Seat,
    },
};

/// A heartbeat goes out this often, in milliseconds.
const HEARTBEAT: u64 = 20_000;

/// The terminal.
pub struct Widget {
    pub(super) this: Weak<Self>,
    pub(super) dom: Dom,
    pub(super) ui: Ui,
    pub(super) client: Uuid,
    pub(super) mac: bool,
    pub(super) android: bool,
    pub(super) state: RefCell<State>,
    painting: Cell<bool>,
    timer: Cell<Option<TimeoutHandle>>,
    heartbeat: Cell<u64>,
    listeners: RefCell<Vec<Listener>>,
    observer: RefCell<Option<ResizeObserver>>,
}

impl Widget {
    /// Puts a terminal on the page and connects it.
    pub fn start(dom: Dom, ui: Ui, seat: Seat, mode: AttachMode) -> Rc<Self> {
        let agent = browser::user_agent();
        let widget = Rc::new_cyclic(|this| Self {
            this: this.clone(),
            client: Uuid::new_v4(),
            mac: agent.contains("Mac OS X"),
            android: agent.contains("Android"),
            state: RefCell::new(State::new(browser::document(), dom.rows.clone(), seat)),
            painting: Cell::new(false),
            timer: Cell::new(None),
            heartbeat: Cell::new(0),
            listeners: RefCell::new(Vec::new()),
            observer: RefCell::new(None),
            dom,
            ui,
        });
        widget.state.borrow_mut().mode = mode;
        widget.listen();
        widget.observe();
        widget.resized();
        widget.happened(link::Event::Visible(!widget.document().hidden()));
        widget.happened(link::Event::Start { take_over: false });
        widget.focus();
        widget
    }

    pub(super) fn document(&self) -> Document {
        browser::document()
    }

    /// Keeps a handler for as long as the widget lives.
    pub(super) fn keep(&self, listener: Listener) {
        self.listeners.borrow_mut().push(listener);
    }

    /// Runs `task` with the widget, if it is still there.
    pub(super) fn weak<A>(&self, task: impl Fn(&Rc<Self>, A) + 'static) -> impl Fn(A) + 'static {
        let this = self.this.clone();
        move |argument| {
            if let Some(widget) = this.upgrade() {
                task(&widget, argument);
            }
        }
    }

    fn listen(&self) {
        browser::attribute(&self.dom.keyboard, "autocorrect", "off");
        self.listen_to_keyboard();
        self.listen_to_pointer();
        self.listen_to_clipboard();
        let window = browser::window();
        let document = self.document();
        self.keep(Listener::new(
            &document,
            "visibilitychange",
            self.weak(|widget, _: web_sys::Event| widget.visibility_changed()),
        ));
        for event in ["online", "pageshow"] {
            self.keep(Listener::new(
                &window,
                event,
                self.weak(|widget, _: web_sys::Event| widget.happened(link::Event::Nudge)),
            ));
        }
        self.keep(Listener::new(
            &window,
            "pagehide",
            self.weak(|widget, _: web_sys::Event| {
                widget.state.borrow().seat.mark(false);
            }),
        ));
        self.keep(Listener::new(
            &document,
            "click",
            self.weak(|widget, event: web_sys::MouseEvent| widget.command(&event)),
        ));
        if let Some(viewport) = window.visual_viewport() {
            self.keep(Listener::new(
                &viewport,
                "resize",
                self.weak(|widget, _: web_sys::Event| widget.fit_phone()),
            ));
        }
    }

    /// An on-screen keyboard covers a part of the page: the page takes what is left.
    fn fit_phone(&self) {
        let window = browser::window();
        let Some(viewport) = window.visual_viewport() else { return };
        let whole = window.inner_height().ok().and_then(|it| it.as_f64()).unwrap_or_default();
        let covered = whole - viewport.height() > 80.0 && (viewport.scale() - 1.0).abs() < 0.01;
        let height = if covered { look::px(viewport.height()) } else { String::new() };
        if let Some(root) = self.document().document_element() {
            browser::style(&root, "--visible-height", &height);
        }
    }

    fn observe(&self) {
        let changed = self.weak(|widget, _: wasm_bindgen::JsValue| widget.resized());
        let closure =
            wasm_bindgen::closure::Closure::<dyn FnMut(wasm_bindgen::JsValue)>::new(changed);
        let function: &js_sys::Function = wasm_bindgen::JsCast::unchecked_ref(closure.as_ref());
        if let Ok(observer) = ResizeObserver::new(function) {
            observer.observe(&self.dom.scroller);
            observer.observe(&self.dom.ruler);
            *self.observer.borrow_mut() = Some(observer);
        }
        // One closure a page: it goes when the page does.
        closure.forget();
    }

    /// Something happened to the connection.
    pub(super) fn happened(&self, event: link::Event) {
        let now = browser::steady_millis();
        let actions = self.state.borrow_mut().link.on(event, now, js_sys::Math::random());
        for action in actions {
            self.act(action);
        }
        self.show_connection();
        self.arm();
    }

    /// Sets the one timer to the next moment at which something is due.
    fn arm(&self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
        let now = browser::steady_millis();
        let state = self.state.borrow();
        let mut wake = state.link.wake();
        if let link::State::Waiting { until } = state.link.state() {
            // The seconds count down.
            wake = Some(until.min(now + (until.saturating_sub(now) % 1000).max(50)));
        }
        if state.link.state() == link::State::Connected {
            wake = Some(wake.map_or(self.heartbeat.get(), |at| at.min(self.heartbeat.get())));
        }
        drop(state);
        let Some(wake) = wake else { return };
        let pause = std::time::Duration::from_millis(wake.saturating_sub(now).max(1));
        let tick = self.weak(|widget, ()| widget.tick());
        self.timer.set(set_timeout_with_handle(move || tick(()), pause).ok());
    }

    fn tick(&self) {
        if browser::steady_millis() >= self.heartbeat.get() {
            self.present();
        }
        self.happened(link::Event::Tick);
    }

    /// Tells the session whether somebody looks.
    pub(super) fn present(&self) {
        self.heartbeat.set(browser::steady_millis() + HEARTBEAT);
        let visible = !self.document().hidden();
        let theme = super::theme::of(&self.dom.root);
        self.tell(protocol::wire::client_message::Body::Presence(protocol::wire::Presence {
            visible,
            theme,
        }));
        let state = self.state.borrow();
        if state.driving {
            state.seat.mark(true);
        }
    }

    fn visibility_changed(&self) {
        let visible = !self.document().hidden();
        self.present();
        self.happened(link::Event::Visible(visible));
        if visible {
            self.ui.bell.set(false);
            self.paint_soon();
        }
    }

    fn show_connection(&self) {
        let now = browser::steady_millis();
        let stage = self.state.borrow().link.state();
        let first = self.state.borrow().mirror.lines().is_empty();
        let (name, seconds) = match stage {
            link::State::Idle | link::State::Connecting if first => ("connecting", 0),
            link::State::Idle | link::State::Connecting => ("reconnecting", 0),
            link::State::Connected => ("connected", 0),
            link::State::Waiting { until } => {
                ("reconnecting", until.saturating_sub(now).div_ceil(1000))
            }
            link::State::Over => ("ended", 0),
        };
        if self.ui.state.get_untracked() != name {
            self.ui.state.set(name);
        }
        if self.ui.seconds.get_untracked() != seconds {
            self.ui.seconds.set(seconds);
        }
        self.show_waiting();
    }

    pub(super) fn show_waiting(&self) {
        let waiting = self.state.borrow().outbox.waiting();
        if self.ui.waiting.get_untracked() != waiting {
            self.ui.waiting.set(waiting);
        }
    }

    /// Input of the person: kept, and sent as soon as may be.
    pub(super) fn input(&self, event: Input) {
        if !self.takes_input() {
            return;
        }
        if !self.state.borrow_mut().outbox.push(event) {
            self.ui.notice.set(Some("Too much waits to be sent: this was not taken.".into()));
        }
        self.send_input();
    }

    /// Whether input makes sense: the page drives, or will when it is connected again.
    pub(super) fn takes_input(&self) -> bool {
        let shut = |crew: &Crew| !crew.free() && !crew.may_interrupt();
        if self.ui.watching.get_untracked() && self.ui.crew.with_untracked(shut) {
            self.hint();
            return false;
        }
        self.state.borrow().link.state() != link::State::Over
    }

    /// A button of the page with `data-command` or `data-key`.
    fn command(&self, event: &web_sys::MouseEvent) {
        let target =
            event.target().and_then(|it| wasm_bindgen::JsCast::dyn_into::<Element>(it).ok());
        let find =
            |selector: &str| target.as_ref().and_then(|it| it.closest(selector).ok()).flatten();
        if let Some(button) = find("[data-command]") {
            match button.get_attribute("data-command").unwrap_or_default().as_str() {
                "take-over" => self.attach_again(AttachMode::Drive),
                "watch" => self.attach_again(AttachMode::Watch),
                "now" => self.happened(link::Event::Nudge),
                "bottom" => self.to_bottom(),
                "keep" => self.keep_session(),
                "baton" => {
                    let viewer = button.get_attribute("data-viewer").and_then(|it| it.parse().ok());
                    let word = button.get_attribute("data-move").unwrap_or_default();
                    if let Some(made) = Move::read(&word, viewer.unwrap_or_default()) {
                        self.make(made);
                    }
                }
                _ => {}
            }
            self.focus();
        }
        if let Some(button) = find("[data-key]") {
            self.bar_key(&button.get_attribute("data-key").unwrap_or_default());
        }
    }

    fn attach_again(&self, mode: AttachMode) {
        self.state.borrow_mut().mode = mode;
        self.ui.ending.set(None);
        self.happened(link::Event::Start { take_over: mode == AttachMode::Drive });
    }

    /// Gives the keyboard to the terminal.
    pub(super) fn focus(&self) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = self.dom.keyboard.focus_with_options(&options);
    }

    /// Paints before the browser does the next time.
    pub(super) fn paint_soon(&self) {
        if self.painting.replace(true) {
            return;
        }
        let paint = self.weak(|widget, ()| {
            widget.painting.set(false);
            widget.paint();
        });
        request_animation_frame(move || paint(()));
    }
}

impl Drop for Widget {
    fn drop(&mut self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
        if let Some(observer) = self.observer.borrow_mut().take() {
            observer.disconnect();
        }
        self.state.borrow().seat.mark(false);
    }
}
