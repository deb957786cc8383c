//! The keyboard, the text field and input methods. Keys are sent as keys, and text once the field has
//! its final form. Nothing is sent during a composition, except on Android, whose keyboards compose all
//! the time: there each change of the field counts as typed.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::{GetUntracked, Update};
use protocol::{
    modes,
    wire::{Key, input::Event as Input},
};
use wasm_bindgen::JsCast;
use web_sys::{CompositionEvent, Element, Event, HtmlElement, InputEvent, KeyboardEvent};

use super::{clipboard, terminal::Terminal};
use crate::{
    browser::{self, Listener},
    terminal::{
        model::{
            keys::{self, KeyAction, Press},
            text,
        },
        set_changed,
    },
};

pub struct Keyboard {
    terminal: Rc<Terminal>,
    android: bool,
    composing: Cell<bool>,
    /// Text of the field that was sent already.
    typed: RefCell<String>,
}

impl Keyboard {
    pub fn new(terminal: Rc<Terminal>) -> Rc<Self> {
        browser::attribute(&terminal.dom.keyboard, "autocorrect", "off");
        Rc::new(Self {
            terminal,
            android: browser::user_agent().contains("Android"),
            composing: Cell::new(false),
            typed: RefCell::default(),
        })
    }

    /// Returns the listeners, active until they are dropped.
    pub fn listen(self: &Rc<Self>) -> Vec<Listener> {
        let (document, field) = (browser::document(), &self.terminal.dom.keyboard);
        let keys =
            [("keydown", Self::key_down as fn(&Self, &KeyboardEvent)), ("keyup", Self::key_up)]
                .map(|(event, handle)| Listener::capture(&document, event, self.handler(handle)));
        let compositions = [
            ("compositionstart", Self::composing as fn(&Self, &CompositionEvent)),
            ("compositionupdate", Self::composing),
            ("compositionend", Self::composed),
        ]
        .map(|(event, handle)| Listener::new(field, event, self.handler(handle)));
        let others = [
            Listener::new(field, "input", self.handler(Self::field_changed)),
            Listener::new(field, "focus", self.handler(|it, _: &Event| it.focused(true))),
            Listener::new(field, "blur", self.handler(|it, _: &Event| it.focused(false))),
        ];
        keys.into_iter().chain(compositions).chain(others).collect()
    }

    fn handler<E>(self: &Rc<Self>, handle: impl Fn(&Self, &E) + 'static) -> impl Fn(E) + 'static {
        let this = Rc::clone(self);
        move |event| handle(&this, &event)
    }

    /// Returns whether the target of an event is the terminal, its page as a whole, or nothing.
    fn is_for_terminal(&self, event: &KeyboardEvent) -> bool {
        let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        let Some(target) = target else { return false };
        // A clicked link or row is inside. Buttons around the terminal keep their keys.
        let inside = self.terminal.dom.scroller.contains(Some(&target));
        inside || target.dyn_ref::<HtmlElement>().is_some_and(|it| it.tag_name() == "BODY")
    }

    fn key_down(&self, event: &KeyboardEvent) {
        if is_covered() {
            return;
        }
        let terminal = &self.terminal;
        // Baton keys work everywhere on the page, for example in the list of participants.
        let mut press = press(event, terminal.mac);
        if terminal.baton_key(&press) {
            event.prevent_default();
            return self.focus_field();
        }
        if !self.is_for_terminal(event) {
            return;
        }
        press.composing |= self.composing.get() && !self.android;
        let held = terminal.ui.held.get_untracked();
        if held != 0 && !press.composing && press.key.is_ascii() && !press.key.is_empty() {
            press.modifiers |= held;
        }
        let action = keys::down(&press, terminal.modes(), terminal.mac);
        if !matches!(action, KeyAction::Browser | KeyAction::Text) {
            event.prevent_default();
        }
        if !matches!(action, KeyAction::Browser | KeyAction::Copy) {
            self.focus_field();
        }
        match action {
            KeyAction::Text | KeyAction::Browser => {}
            KeyAction::Copy => clipboard::copy_selection(),
            KeyAction::Send(key) => {
                self.release_held();
                terminal.input(Input::Key(key));
                terminal.follow();
            }
            KeyAction::Page(pages) => terminal.page(pages),
            KeyAction::Top => terminal.to_top(),
            KeyAction::Bottom => terminal.to_bottom(),
        }
    }

    fn key_up(&self, event: &KeyboardEvent) {
        if !is_covered()
            && self.is_for_terminal(event)
            && let Some(key) = keys::up(&press(event, self.terminal.mac), self.terminal.modes())
        {
            self.terminal.input(Input::Key(key));
        }
    }

    fn focus_field(&self) {
        let field: &Element = &self.terminal.dom.keyboard;
        if browser::document().active_element().as_ref() != Some(field) {
            self.terminal.focus();
        }
    }

    fn field_changed(&self, event: &InputEvent) {
        if self.android {
            return self.field_changed_on_android(event);
        }
        if self.composing.get() || event.is_composing() {
            return;
        }
        match event.input_type().as_str() {
            "insertLineBreak" | "insertParagraph" => {
                self.terminal.dom.keyboard.set_value("");
                self.send_key("Enter");
            }
            "deleteContentBackward" => {
                self.terminal.dom.keyboard.set_value("");
                self.send_key("Backspace");
            }
            _ => self.send_field(),
        }
    }

    /// Shows the text of a running composition.
    fn composing(&self, event: &CompositionEvent) {
        self.composing.set(true);
        if !self.android && event.type_() == "compositionupdate" {
            self.terminal.dom.preedit.set_text_content(event.data().as_deref());
        }
    }

    fn composed(&self, _: &CompositionEvent) {
        self.composing.set(false);
        self.terminal.dom.preedit.set_text_content(None);
        if self.android {
            self.clear_field();
        } else {
            self.send_field();
        }
    }

    fn send_field(&self) {
        let text = self.terminal.dom.keyboard.value();
        self.clear_field();
        self.send_text(&text);
    }

    fn clear_field(&self) {
        self.terminal.dom.keyboard.set_value("");
        self.typed.borrow_mut().clear();
    }

    fn field_changed_on_android(&self, event: &InputEvent) {
        let kind = event.input_type();
        if kind == "insertLineBreak" || kind == "insertParagraph" {
            self.clear_field();
            return self.send_key("Enter");
        }
        let now = self.terminal.dom.keyboard.value();
        let before = self.typed.replace(now.clone());
        if before.is_empty() && now.is_empty() && kind == "deleteContentBackward" {
            return self.send_key("Backspace");
        }
        let edit = text::edit(&before, &now);
        for _ in 0..edit.deleted {
            self.send_key("Backspace");
        }
        self.send_text(&edit.inserted);
        if !self.composing.get() {
            self.clear_field();
        }
    }

    /// Sends text. A character typed while the key bar holds Ctrl or Alt is a key.
    fn send_text(&self, text: &str) {
        if text.is_empty() {
            return;
        }
        let held = self.release_held();
        let mut characters = text.chars();
        let event = match (characters.next(), characters.next()) {
            (Some(_), None) if held != 0 => {
                Input::Key(Key { key: text.into(), modifiers: held, ..Key::default() })
            }
            _ => Input::Text(text.into()),
        };
        self.terminal.input(event);
        self.terminal.follow();
    }

    /// Sends a key with the modifiers held by the key bar.
    fn send_key(&self, key: &str) {
        let modifiers = self.release_held();
        self.terminal.input(Input::Key(Key { key: key.into(), modifiers, ..Key::default() }));
        self.terminal.follow();
    }

    /// Presses a key of the key bar.
    pub fn bar_key(&self, key: &str) {
        match key {
            "Control" => self.terminal.ui.held.update(|held| *held ^= keys::CONTROL),
            "Alt" => self.terminal.ui.held.update(|held| *held ^= keys::ALT),
            _ => self.send_key(key),
        }
        self.terminal.focus();
    }

    /// Releases the modifiers held by the key bar, and returns them.
    fn release_held(&self) -> u32 {
        let held = self.terminal.ui.held.get_untracked();
        set_changed(self.terminal.ui.held, 0);
        held
    }

    fn focused(&self, focused: bool) {
        let terminal = &self.terminal;
        let _ = terminal.dom.root.toggle_attribute_with_force("data-focused", focused);
        if terminal.modes() & modes::FOCUS != 0 && terminal.is_driving() {
            terminal.input(Input::Focus(focused));
        }
        if !focused {
            terminal.dom.preedit.set_text_content(None);
        }
    }
}

/// Returns whether a dialog receives the keys.
fn is_covered() -> bool {
    browser::document().query_selector("dialog[open]").ok().flatten().is_some()
}

/// Returns the event as plain data.
fn press(event: &KeyboardEvent, mac: bool) -> Press {
    let mut modifiers = 0;
    for (on, bit) in [
        (event.shift_key(), keys::SHIFT),
        (event.alt_key(), keys::ALT),
        (event.ctrl_key(), keys::CONTROL),
        (event.meta_key(), keys::META),
        (event.get_modifier_state("CapsLock"), keys::CAPS_LOCK),
        (event.get_modifier_state("NumLock"), keys::NUM_LOCK),
    ] {
        modifiers |= if on { bit } else { 0 };
    }
    let alt_graph = !mac && event.get_modifier_state("AltGraph");
    if alt_graph {
        modifiers &= !(keys::ALT | keys::CONTROL);
    }
    Press {
        key: event.key(),
        code: event.code(),
        modifiers,
        alt_graph,
        repeat: event.repeat(),
        composing: event.is_composing() || event.key_code() == 229,
    }
}
