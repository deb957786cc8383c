//! The terminal as the page holds it: starts it, connects it to the events of the page, and stops it
//! when dropped.

use std::rc::Rc;

use client::{BatonAction, Event};
use protocol::api::AttachMode;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, MouseEvent, ResizeObserver};

use super::{
    clipboard, dispatch::dispatch, keyboard::Keyboard, pointer::Pointer, terminal::Terminal,
};
use crate::{
    browser::{self, Listener},
    terminal::{Attachment, Dom, Ui, model::css},
};

/// Height that an on-screen keyboard covers at least, in CSS pixels.
const MIN_COVERED: f64 = 80.0;

pub struct Widget {
    pub terminal: Rc<Terminal>,
    _listeners: Vec<Listener>,
    observer: Option<ResizeObserver>,
}

impl Widget {
    /// Starts a terminal in these elements, and connects it.
    pub fn start(dom: Dom, ui: Ui, attachment: Attachment, mode: AttachMode) -> Self {
        let terminal = Terminal::new(dom, ui, attachment, mode, dispatch);
        let keyboard = Keyboard::new(Rc::clone(&terminal));
        let mut listeners = keyboard.listen();
        listeners.extend(Pointer::new(Rc::clone(&terminal)).listen());
        listeners.extend(clipboard::listen(&terminal));
        listeners.extend(listen_to_page(&terminal, keyboard));
        let observer = observe(&terminal);
        terminal.resized();
        terminal.connection.on(Event::Visible(!browser::document().hidden()));
        terminal.connection.on(Event::Start { take_over: false });
        terminal.focus();
        Self { terminal, _listeners: listeners, observer }
    }
}

impl Drop for Widget {
    fn drop(&mut self) {
        if let Some(observer) = self.observer.take() {
            observer.disconnect();
        }
    }
}

fn listen_to_page(terminal: &Rc<Terminal>, keyboard: Rc<Keyboard>) -> Vec<Listener> {
    let (window, document) = (browser::window(), browser::document());
    let handler = |handle: fn(&Terminal)| {
        let terminal = Rc::clone(terminal);
        move |_: web_sys::Event| handle(&terminal)
    };
    let retry = |it: &Terminal| it.connection.on(Event::Retry);
    let unmark = |it: &Terminal| it.connection.attachment.mark(false);
    let clicked = {
        let terminal = Rc::clone(terminal);
        move |event: MouseEvent| command(&terminal, &keyboard, &event)
    };
    let mut listeners = vec![
        Listener::new(&document, "visibilitychange", handler(Terminal::visibility_changed)),
        Listener::new(&window, "online", handler(retry)),
        Listener::new(&window, "pageshow", handler(retry)),
        Listener::new(&window, "pagehide", handler(unmark)),
        Listener::new(&document, "click", clicked),
    ];
    if let Some(viewport) = window.visual_viewport() {
        listeners.push(Listener::new(&viewport, "resize", |_: web_sys::Event| fit_page()));
    }
    listeners
}

/// Limits the page to the height that an on-screen keyboard leaves.
fn fit_page() {
    let window = browser::window();
    let Some(viewport) = window.visual_viewport() else { return };
    let whole = window.inner_height().ok().and_then(|it| it.as_f64()).unwrap_or_default();
    let covered = whole - viewport.height() > MIN_COVERED && (viewport.scale() - 1.0).abs() < 0.01;
    let height = if covered { css::px(viewport.height()) } else { String::new() };
    if let Some(root) = browser::document().document_element() {
        browser::style(&root, "--visible-height", &height);
    }
}

/// Observes the sizes of the page and of the font.
fn observe(terminal: &Rc<Terminal>) -> Option<ResizeObserver> {
    let weak = Rc::downgrade(terminal);
    let changed = move |_: JsValue| {
        if let Some(terminal) = weak.upgrade() {
            terminal.resized();
        }
    };
    let closure = Closure::<dyn FnMut(JsValue)>::new(changed);
    let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
    observer.observe(&terminal.dom.scroller);
    observer.observe(&terminal.dom.ruler);
    // One closure per page; it is freed with the page.
    closure.forget();
    Some(observer)
}

/// Performs the command of a clicked button with `data-command` or `data-key`.
fn command(terminal: &Terminal, keyboard: &Keyboard, event: &MouseEvent) {
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let find = |selector: &str| target.as_ref().and_then(|it| it.closest(selector).ok()).flatten();
    if let Some(button) = find("[data-command]") {
        match button.get_attribute("data-command").unwrap_or_default().as_str() {
            "take-over" => terminal.attach_again(AttachMode::Drive),
            "watch" => terminal.attach_again(AttachMode::Watch),
            "now" => terminal.connection.on(Event::Retry),
            "bottom" => terminal.to_bottom(),
            "keep" => terminal.keep_session(),
            "baton" => {
                let viewer = button.get_attribute("data-viewer").and_then(|it| it.parse().ok());
                let name = button.get_attribute("data-move").unwrap_or_default();
                if let Some(action) = BatonAction::parse(&name, viewer.unwrap_or_default()) {
                    terminal.baton(action);
                }
            }
            _ => {}
        }
        terminal.focus();
    }
    if let Some(button) = find("[data-key]") {
        keyboard.bar_key(&button.get_attribute("data-key").unwrap_or_default());
    }
}
