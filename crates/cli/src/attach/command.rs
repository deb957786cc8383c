//! Keys for this program instead of the session: a prefix, then a command, as in tmux.

use protocol::wire::{Key, KeyKind};

use super::sequences::{ALT, CONTROL, SHIFT, named};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Detach,
    Take,
    Ask,
    Grant,
    Refuse,
    Keep,
    Redraw,
}

pub const HELP: &str =
    "d detach  t take over  a ask to drive  g grant  n decline  k keep  l redraw";

#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// These keys go to the session.
    Pass(Vec<Key>),
    /// The key is the prefix; a command follows.
    Prefix,
    Command(Command),
}

/// The prefix key, and its state.
#[derive(Clone, Debug)]
pub struct Prefix {
    key: Option<Key>,
    pressed: bool,
}

impl Prefix {
    /// Parses `ctrl-\`, `^]`, `alt-x` or `none`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lower = text.to_ascii_lowercase();
        if lower == "none" {
            return Ok(Self { key: None, pressed: false });
        }
        let found = [("^", CONTROL), ("ctrl-", CONTROL), ("alt-", ALT)]
            .into_iter()
            .find_map(|(prefix, modifiers)| Some((lower.strip_prefix(prefix)?, modifiers)));
        match found {
            Some((key, modifiers))
                if key.len() == 1 && key.bytes().all(|it| it.is_ascii_graphic()) =>
            {
                Ok(Self { key: Some(named(key, modifiers)), pressed: false })
            }
            _ => Err(format!("{text:?} is not a valid key. Use one like ctrl-\\ or alt-x")),
        }
    }

    /// Returns true if the next key is a command.
    pub fn pressed(&self) -> bool {
        self.pressed
    }

    /// Processes a key. Pressing the prefix twice sends it; a key that is not a command goes to the
    /// session after the prefix.
    pub fn key(&mut self, key: Key) -> Meaning {
        let Some(prefix) = &self.key else { return Meaning::Pass(vec![key]) };
        let relevant = SHIFT | ALT | CONTROL;
        let same = key.key.eq_ignore_ascii_case(&prefix.key)
            && key.modifiers & relevant == prefix.modifiers;
        if key.kind() == KeyKind::Release {
            // Ignores the release of the prefix.
            return Meaning::Pass(if same { vec![] } else { vec![key] });
        }
        match (std::mem::take(&mut self.pressed), same) {
            (false, true) => {
                self.pressed = true;
                Meaning::Prefix
            }
            (false, false) | (true, true) => Meaning::Pass(vec![key]),
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
    fn prefixes_are_parsed() {
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
        for (typed, expected) in [
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
            assert_eq!(found, expected);
        }
        let mut none = Prefix::parse("none").unwrap();
        assert_eq!(none.key(prefix()), Meaning::Pass(vec![prefix()]));
    }
}
