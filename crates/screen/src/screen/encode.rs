//! Encodes input events with the current modes of the emulator.

use protocol::{modes, wire};
use rio_vt::crosswords::Mode;

use super::Screen;
use crate::input::{
    keys::{self, Keyboard},
    mouse,
};

impl Screen {
    /// Encodes a key event in the current modes.
    pub fn encode_key(&self, key: &wire::Key) -> Vec<u8> {
        let term = &self.engine.term;
        let modes = Keyboard {
            application_cursor: term.mode().contains(Mode::APP_CURSOR),
            application_keypad: term.mode().contains(Mode::APP_KEYPAD),
            new_line: term.mode().contains(Mode::LINE_FEED_NEW_LINE),
            other_keys: term.modify_other_keys().unwrap_or_default(),
            kitty: term.keyboard_mode().bits(),
        };
        keys::encode(key, modes)
    }

    /// Encodes a mouse event in the current modes.
    pub fn encode_mouse(&self, mouse: &wire::Mouse) -> Vec<u8> {
        let x10 = self.engine.term.mode().contains(Mode::MOUSE_REPORT_X10);
        mouse::encode(mouse, self.modes(), x10)
    }

    /// Encodes one chunk of a paste.
    pub fn encode_paste(&mut self, text: &str, first: bool, last: bool) -> Vec<u8> {
        let bracketed = self.modes() & modes::BRACKETED_PASTE != 0;
        self.paste.encode(text, first, last, bracketed)
    }

    /// Encodes a change of focus in the current modes.
    pub fn encode_focus(&self, focused: bool) -> Vec<u8> {
        match (self.modes() & modes::FOCUS != 0, focused) {
            (false, _) => Vec::new(),
            (true, true) => b"\x1b[I".to_vec(),
            (true, false) => b"\x1b[O".to_vec(),
        }
    }
}
