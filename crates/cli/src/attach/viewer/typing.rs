//! Typed keys, pastes and clicks: input for the session, or a command of this program.

use client::{BatonAction, Refused};
use protocol::{
    modes,
    wire::{Key, KeyKind, input::Event as Input},
};

use super::{Outcome, Viewer};
use crate::attach::{
    command::{Command, HELP, Meaning},
    sequences::{ALT, CONTROL, Typed, named},
};

/// Wire modifier of the Meta key.
const META: u32 = 8;

/// Kitty flag: every key comes as an escape code.
const KITTY_ALL: u32 = 8 << modes::KITTY_SHIFT;

impl Viewer {
    /// Processes what was typed, pasted or clicked.
    pub fn typed(&mut self, typed: Typed) {
        match typed {
            Typed::Text(text) if self.options.prefix.pressed() => {
                let mut rest = text.chars();
                if let Some(first) = rest.next() {
                    self.key(named(&first.to_string(), 0));
                }
                if !rest.as_str().is_empty() {
                    self.typed(Typed::Text(rest.as_str().to_owned()));
                }
            }
            Typed::Text(text) if self.modes() & KITTY_ALL != 0 => {
                text.chars().for_each(|key| self.key(named(&key.to_string(), 0)));
            }
            Typed::Text(text) => self.input(Input::Text(text)),
            Typed::Key(key) => self.key(key),
            Typed::Paste(text) => {
                self.used = true;
                let result = self.client.paste(&text);
                self.show_refusal(result);
            }
            Typed::Mouse(mut mouse) => {
                (mouse.column, mouse.row) = self.painter.place(mouse.column, mouse.row);
                self.optional_input(Input::Mouse(mouse));
            }
            Typed::Focus(focus) => self.optional_input(Input::Focus(focus)),
        }
    }

    fn modes(&self) -> u32 {
        self.client.mirror().modes
    }

    fn key(&mut self, key: Key) {
        match self.options.prefix.key(key) {
            Meaning::Pass(keys) => {
                for key in keys {
                    self.input(input(key, self.modes()));
                }
            }
            Meaning::Prefix => self.show(format!(" websh: {HELP}")),
            Meaning::Command(command) => {
                self.notice = None;
                self.command(command);
            }
        }
    }

    fn command(&mut self, command: Command) {
        let requester = self.requester().map(|it| it.viewer);
        let action = match (command, requester) {
            (Command::Detach, _) => {
                self.outcome = Some(Outcome::Detached);
                return;
            }
            (Command::Redraw, _) => return self.painter.forget(),
            (Command::Keep, _) => return self.client.keep(),
            (Command::Take, _) => BatonAction::Take,
            (Command::Ask, _) => BatonAction::Request,
            (Command::Grant, Some(viewer)) => BatonAction::Grant(viewer),
            (Command::Refuse, Some(viewer)) => BatonAction::Refuse(viewer),
            (Command::Grant | Command::Refuse, None) => {
                return self.show(" websh: no request to drive is pending.".into());
            }
        };
        self.client.baton(action);
    }

    fn input(&mut self, event: Input) {
        self.used = true;
        let result = self.client.input(event);
        self.show_refusal(result);
    }

    /// Sends input that is useful to the driver only, and silently drops it otherwise.
    fn optional_input(&mut self, event: Input) {
        if self.client.is_driving() {
            let _ = self.client.input(event);
        }
    }

    fn show_refusal(&mut self, result: Result<(), Refused>) {
        match result {
            Err(Refused::Watching) => self.show_watching(),
            Err(Refused::Full) => {
                self.show(" websh: too much input is waiting; this input was not sent.".into());
            }
            Ok(()) | Err(Refused::Over) => {}
        }
    }
}

/// Returns a key as input: a key that makes a character is text, unless the program requested keys.
fn input(key: Key, session: u32) -> Input {
    let one = !key.key.is_ascii() || key.key.len() == 1;
    let plain = key.modifiers & (ALT | CONTROL | META) == 0 && key.code.is_empty();
    if one && plain && key.kind() != KeyKind::Release && session & KITTY_ALL == 0 {
        Input::Text(key.key)
    } else {
        Input::Key(key)
    }
}
