//! What keys mean to this program rather than to the session: a prefix, then a command, as in tmux.

use protocol::wire::{Key, KeyKind};

use super::sequences::{ALT, CONTROL, SHIFT, named};

/// What a person asks of this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Leave; the session goes on.
    Detach,
    /// Drive now.
    Take,
    /// Ask whoever drives.
    Ask,
    /// Let whoever asked drive.
    Grant,
    /// Refuse who asked.
    Refuse,
    /// Keep the session from expiring.
    Keep,
    /// Draw everything again.
    Redraw,
}

/// What every command does, for the help.
pub const HELP: &str = "d detach  t take over  a ask to drive  g grant  n refuse  k keep  l redraw";

/// What to do with a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// The session gets these.
    Pass(Vec<Key>),
    /// The prefix: a command follows.
    Prefix,
    /// A command.
    Command(Command),
}

/// The prefix and whether it was just pressed.
#[derive(Clone, Debug)]
pub struct Prefix {
    key: Option<Key>,
    pressed: bool,
}

impl Prefix {
    /// Reads `ctrl-\`, `^]`, `alt-x`, or `none`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lower = text.to_ascii_lowercase();
        if lower == "none" {
            return Ok(Self { key: None, pressed: false });
        }
        let (modifiers, rest) = match lower.as_str() {
            it if it.starts_with('^') => (CONTROL, it.strip_prefix('^')),
            it if it.starts_with("ctrl-") => (CONTROL, it.strip_prefix("ctrl-")),
            it if it.starts_with("alt-") => (ALT, it.strip_prefix("alt-")),
            _ => (0, None),
        };
        let mut rest = rest.unwrap_or_default().chars();
        match (rest.next(), rest.next()) {
            (Some(key), None) if key.is_ascii_graphic() => {
                Ok(Self { key: Some(named(&key.to_string(), modifiers)), pressed: false })
            }
            _ => Err(format!("{text:?} is no key such as ctrl-\\ or alt-x")),
        }
    }

    /// Whether a command is expected.
    pub fn pressed(&self) -> bool {
        self.pressed
    }

    /// What a key means. The prefix twice is the key itself; what is no command goes to the session,
    /// with the prefix before it.
    pub fn key(&mut self, key: Key) -> Meaning {
        let Some(prefix) = &self.key else { return Meaning::Pass(vec![key]) };
        let plain = SHIFT | ALT | CONTROL;
        let same =
            key.key.eq_ignore_ascii_case(&prefix.key) && key.modifiers & plain == prefix.modifiers;
        let release = key.kind() == KeyKind::Release;
        match (std::mem::take(&mut self.pressed), same) {
            // The keys of a command are let go, too.
            (pressed, _) if release => {
                self.pressed = pressed;
                if same { Meaning::Pass(vec![]) } else { Meaning::Pass(vec![key]) }
            }
            (false, true) => {
                self.pressed = true;
                Meaning::Prefix
            }
            (false, false) => Meaning::Pass(vec![key]),
            (true, true) => Meaning::Pass(vec![key]),
            (true, false) => match command(&key) {
                Some(command) => Meaning::Command(command),
                None => Meaning::Pass(vec![prefix.clone(), key]),
            },
        }
    }
}

fn command(key: &Key) -> Option<Command> {
    if key.modifiers & (SHIFT | ALT | CONTROL) != 0 {
        return None;
    }
    Some(match key.key.as_str() {
        "d" => Command::Detach,
        "t" => Command::Take,
        "a" => Command::Ask,
        "g" => Command::Grant,
        "n" => Command::Refuse,
        "k" => Command::Keep,
        "l" => Command::Redraw,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes() {
        for (text, key) in [
            ("ctrl-\\", Some(named("\\", CONTROL))),
            ("Ctrl-A", Some(named("a", CONTROL))),
            ("^]", Some(named("]", CONTROL))),
            ("alt-x", Some(named("x", ALT))),
            ("x", None),
            ("ctrl-", None),
            ("ctrl-ab", None),
            ("", None),
        ] {
            assert_eq!(Prefix::parse(text).ok().and_then(|it| it.key), key, "{text}");
        }
        assert!(Prefix::parse("none").is_ok_and(|it| it.key.is_none()));
    }

    #[test]
    fn commands_follow_the_prefix() {
        let prefix = || named("\\", CONTROL);
        let key = |key: &str| named(key, 0);
        for (typed, meant) in [
            (vec![key("d")], vec![Meaning::Pass(vec![key("d")])]),
            (vec![prefix(), key("d")], vec![Meaning::Prefix, Meaning::Command(Command::Detach)]),
            (vec![prefix(), prefix()], vec![Meaning::Prefix, Meaning::Pass(vec![prefix()])]),
            (
                vec![prefix(), key("x"), key("d")],
                vec![
                    Meaning::Prefix,
                    Meaning::Pass(vec![prefix(), key("x")]),
                    Meaning::Pass(vec![key("d")]),
                ],
            ),
        ] {
            let mut state = Prefix::parse("ctrl-\\").unwrap();
            let found: Vec<Meaning> = typed.into_iter().map(|key| state.key(key)).collect();
            assert_eq!(found, meant);
        }
        let mut none = Prefix::parse("none").unwrap();
        assert_eq!(none.key(prefix()), Meaning::Pass(vec![prefix()]));
    }
}
