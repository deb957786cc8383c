//! The keyboard, the text field and input methods. Keys go out as keys; text goes out when the field has
//! it for good. Nothing is sent while an input method composes, except on Android, whose keyboards
//! compose all the time: there every change of the field is what was typed.

use leptos::prelude::{GetUntracked, Set, Update};
use protocol::wire::{Key, input::Event as Input};
use wasm_bindgen::JsCast;
use web_sys::{CompositionEvent, Element, Event, HtmlElement, InputEvent, KeyboardEvent};

use crate::{
    browser::Listener,
    terminal::{
        keys::{self, Meaning, Press},
        text,
        widget::Widget,
    },
};

impl Widget {
    pub(super) fn listen_to_keyboard(&self) {
        let document = self.document();
        let field = &self.dom.keyboard;
        self.keep(Listener::capture(
            &document,
            "keydown",
            self.weak(|widget, event: KeyboardEvent| widget.key_down(&event)),
        ));
        self.keep(Listener::capture(
            &document,
            "keyup",
            self.weak(|widget, event: KeyboardEvent| widget.key_up(&event)),
        ));
        self.keep(Listener::new(
            field,
            "input",
            self.weak(|widget, event: InputEvent| widget.typed(&event)),
        ));
        self.keep(Listener::new(
            field,
            "compositionstart",
            self.weak(|widget, _: CompositionEvent| {
                widget.state.borrow_mut().composing = true;
            }),
        ));
        self.keep(Listener::new(
            field,
            "compositionupdate",
            self.weak(|widget, event: CompositionEvent| {
                if !widget.android {
                    let text = event.data().unwrap_or_default();
                    widget.dom.preedit.set_text_content(Some(&text));
                }
            }),
        ));
        self.keep(Listener::new(
            field,
            "compositionend",
            self.weak(|widget, _: CompositionEvent| widget.composed()),
        ));
        self.keep(Listener::new(
            field,
            "focus",
            self.weak(|widget, _: Event| widget.focused(true)),
        ));
        self.keep(Listener::new(
            field,
            "blur",
            self.weak(|widget, _: Event| widget.focused(false)),
        ));
    }

    /// Whether a dialog has the keys.
    fn is_covered(&self) -> bool {
        self.document().query_selector("dialog[open]").ok().flatten().is_some()
    }

    /// Whether the keys pressed now are meant for the terminal, if no dialog has them.
    fn is_for_terminal(&self, event: &KeyboardEvent) -> bool {
        let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        let Some(target) = target else { return false };
        let field: &Element = &self.dom.keyboard;
        let nowhere = target.dyn_ref::<HtmlElement>().is_some_and(|it| it.tag_name() == "BODY");
        if target == *field || nowhere {
            return true;
        }
        // A link or row of the terminal that was clicked; buttons around it keep their keys.
        self.dom.scroller.contains(Some(&target))
    }

    fn key_down(&self, event: &KeyboardEvent) {
        if self.is_covered() {
            return;
        }
        // Who drives can be said from everywhere on the page, as from the list of who is there.
        let mut press = press(event, self.mac);
        if self.baton_key(&press) {
            event.prevent_default();
            return self.focus_field();
        }
        if !self.is_for_terminal(event) {
            return;
        }
        let modes = self.state.borrow().mirror.modes();
        let composing = self.state.borrow().composing && !self.android;
        press.composing |= composing;
        let held = self.ui.held.get_untracked();
        if held != 0 && !press.composing && press.key.is_ascii() && !press.key.is_empty() {
            press.modifiers |= held;
        }
        let meaning = keys::down(&press, modes, self.mac);
        match &meaning {
            Meaning::Browser => return,
            Meaning::Text => return self.focus_field(),
            Meaning::Copy => {
                event.prevent_default();
                return self.copy_selection();
            }
            _ => event.prevent_default(),
        }
        self.focus_field();
        match meaning {
            Meaning::Send(key) => {
                self.release_held();
                self.input(Input::Key(key));
                self.follow();
            }
            Meaning::Page(pages) => self.page(pages),
            Meaning::Top => self.to_top(),
            Meaning::Bottom => self.to_bottom(),
            Meaning::Text | Meaning::Browser | Meaning::Copy => {}
        }
    }

    fn key_up(&self, event: &KeyboardEvent) {
        if !self.is_covered() && self.is_for_terminal(event) {
            let modes = self.state.borrow().mirror.modes();
            if let Some(key) = keys::up(&press(event, self.mac), modes) {
                self.input(Input::Key(key));
            }
        }
    }

    fn focus_field(&self) {
        let field: &Element = &self.dom.keyboard;
        if self.document().active_element().as_ref() != Some(field) {
            self.focus();
        }
    }

    /// The field changed.
    fn typed(&self, event: &InputEvent) {
        if self.android {
            return self.typed_on_android(event);
        }
        if self.state.borrow().composing || event.is_composing() {
            return;
        }
        match event.input_type().as_str() {
            "insertLineBreak" | "insertParagraph" => {
                self.dom.keyboard.set_value("");
                self.send_key("Enter");
            }
            "deleteContentBackward" => {
                self.dom.keyboard.set_value("");
                self.send_key("Backspace");
            }
            _ => self.send_field(),
        }
    }

    /// The input method has made its text.
    fn composed(&self) {
        self.state.borrow_mut().composing = false;
        self.dom.preedit.set_text_content(None);
        if self.android {
            self.clear_field();
        } else {
            self.send_field();
        }
    }

    /// Sends what the field holds.
    fn send_field(&self) {
        let text = self.dom.keyboard.value();
        self.clear_field();
        self.send_text(&text);
    }

    fn clear_field(&self) {
        self.dom.keyboard.set_value("");
        self.state.borrow_mut().typed.clear();
    }

    fn typed_on_android(&self, event: &InputEvent) {
        let kind = event.input_type();
        if kind == "insertLineBreak" || kind == "insertParagraph" {
            self.clear_field();
            return self.send_key("Enter");
        }
        let now = self.dom.keyboard.value();
        let before = std::mem::replace(&mut self.state.borrow_mut().typed, now.clone());
        if before.is_empty() && now.is_empty() && kind == "deleteContentBackward" {
            return self.send_key("Backspace");
        }
        let edit = text::edit(&before, &now);
        for _ in 0..edit.deleted {
            self.send_key("Backspace");
        }
        self.send_text(&edit.inserted);
        if !self.state.borrow().composing {
            self.clear_field();
        }
    }

    /// Sends text; a character typed with the key bar's Ctrl or Alt held is a key.
    fn send_text(&self, text: &str) {
        if text.is_empty() {
            return;
        }
        let held = self.release_held();
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(_), None) if held != 0 => {
                self.input(Input::Key(Key { key: text.into(), modifiers: held, ..Key::default() }));
            }
            _ => self.input(Input::Text(text.into())),
        }
        self.follow();
    }

    /// A key without modifiers, but for those held by the key bar.
    pub(super) fn send_key(&self, key: &str) {
        let modifiers = self.release_held();
        self.input(Input::Key(Key { key: key.into(), modifiers, ..Key::default() }));
        self.follow();
    }

    /// A key of the key bar.
    pub(super) fn bar_key(&self, key: &str) {
        let bit = match key {
            "Control" => keys::CONTROL,
            "Alt" => keys::ALT,
            _ => {
                self.send_key(key);
                return self.focus();
            }
        };
        self.ui.held.update(|held| *held ^= bit);
        self.focus();
    }

    /// Lets go of the modifiers held by the key bar. Returns what they were.
    fn release_held(&self) -> u32 {
        let held = self.ui.held.get_untracked();
        if held != 0 {
            self.ui.held.set(0);
        }
        held
    }

    /// Typing brings the screen back into sight.
    fn follow(&self) {
        let following = self.state.borrow().view.follow;
        if !following {
            self.to_bottom();
        }
    }

    fn focused(&self, focused: bool) {
        let _ = self.dom.root.toggle_attribute_with_force("data-focused", focused);
        let wanted = self.state.borrow().mirror.modes() & protocol::modes::FOCUS != 0;
        if wanted && self.state.borrow().driving {
            self.input(Input::Focus(focused));
        }
        if !focused {
            self.dom.preedit.set_text_content(None);
        }
    }
}

/// The event as plain data.
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
