//! What a person does at the terminal: input for the session, or a command for this program.

use app::terminal::link::State;
use protocol::{
    api::AttachMode,
    modes,
    wire::{
        Baton, Keep, Key, KeyKind, baton::Wish, client_message::Body as Say, input::Event as Input,
    },
};

use super::{Outcome, Viewer};
use crate::attach::{
    command::{Command, HELP, Meaning},
    parse::Typed,
    sequences::{ALT, CONTROL, named},
};

/// Wire modifier of the Meta key.
const META: u32 = 8;

/// Kitty flag: every key comes as an escape code.
const KITTY_ALL: u32 = 8 << modes::KITTY_SHIFT;

impl Viewer {
    /// Something was typed, pasted or clicked.
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
            Typed::Text(text) if self.mirror.modes() & KITTY_ALL != 0 => {
                text.chars().for_each(|key| self.key(named(&key.to_string(), 0)));
            }
            Typed::Text(text) => self.input(Input::Text(text)),
            Typed::Key(key) => self.key(key),
            Typed::Paste(text) => {
                if !self.may_type() {
                    self.say_watching();
                } else if self.outbox.push_paste(&text) {
                    self.send_input();
                } else {
                    self.full();
                }
            }
            Typed::Mouse(mut mouse) => {
                (mouse.column, mouse.row) = self.painter.place(mouse.column, mouse.row);
                self.quietly(Input::Mouse(mouse));
            }
            Typed::Focus(focus) => self.quietly(Input::Focus(focus)),
        }
    }

    fn key(&mut self, key: Key) {
        match self.options.prefix.key(key) {
            Meaning::Pass(keys) => {
                for key in keys {
                    self.input(input(key, self.mirror.modes()));
                }
            }
            Meaning::Prefix => self.note(format!(" websh: {HELP}")),
            Meaning::Command(command) => {
                self.notice = None;
                self.command(command);
            }
        }
    }

    fn command(&mut self, command: Command) {
        let asking = self
            .crew
            .as_ref()
            .and_then(|crew| crew.present.iter().find(|it| it.asking && it.viewer != crew.you));
        let asking = asking.map(|it| it.viewer);
        let wish = match (command, asking) {
            (Command::Detach, _) => {
                self.outcome = Some(Outcome::Detached);
                return;
            }
            (Command::Redraw, _) => return self.painter.forget(),
            (Command::Keep, _) => return self.say(Say::Keep(Keep {})),
            (Command::Take, _) => Wish::Take(true),
            (Command::Ask, _) => Wish::Ask(true),
            (Command::Grant, Some(viewer)) => Wish::Grant(viewer),
            (Command::Refuse, Some(viewer)) => Wish::Refuse(viewer),
            (Command::Grant | Command::Refuse, None) => {
                return self.note(" websh: nobody asks to drive.".into());
            }
        };
        self.say(Say::Baton(Baton { wish: Some(wish), seconds: 0 }));
    }

    /// Whether input goes, or will go, to the shell: while there is no connection, who drove drives.
    fn may_type(&self) -> bool {
        let away = self.link.state() != State::Connected;
        self.options.mode == AttachMode::Drive && (self.driving || away)
    }

    fn input(&mut self, event: Input) {
        if !self.may_type() {
            self.say_watching();
        } else if self.outbox.push(event) {
            self.send_input();
        } else {
            self.full();
        }
    }

    /// Input that nobody misses when it can't be sent.
    fn quietly(&mut self, event: Input) {
        if self.driving && self.outbox.push(event) {
            self.send_input();
        }
    }

    fn full(&mut self) {
        self.note(" websh: the program takes no more input; this was not sent.".into());
    }
}

/// A key as input: one that makes a character is text, unless the program wants keys.
fn input(key: Key, session: u32) -> Input {
    let one = !key.key.is_ascii() || key.key.len() == 1;
    let plain = key.modifiers & (ALT | CONTROL | META) == 0 && key.code.is_empty();
    if one && plain && key.kind() != KeyKind::Release && session & KITTY_ALL == 0 {
        Input::Text(key.key)
    } else {
        Input::Key(key)
    }
}

/// The modes that the terminal should have so that the program gets what it asked for.
pub fn wanted_modes(session: u32) -> u32 {
    let wheel = session & modes::ALTERNATE_SCREEN != 0 && session & modes::ANY_MOUSE == 0;
    let wheel = if wheel { modes::ALTERNATE_SCROLL } else { 0 };
    session & (modes::ANY_MOUSE | modes::FOCUS | modes::KITTY | wheel)
}
