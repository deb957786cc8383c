//! Classification of input events. Pure.

use protocol::wire::{KeyKind, MouseKind, input::Event};

/// Returns whether a user caused the event, as opposed to a page that appeared or a passing pointer.
pub fn is_typing(event: &Event) -> bool {
    match event {
        Event::Text(_) | Event::Key(_) | Event::Paste(_) => true,
        Event::Mouse(mouse) => matches!(mouse.kind(), MouseKind::Down | MouseKind::Wheel),
        Event::Focus(_) | Event::Resize(_) => false,
    }
}

/// Number of keys pressed, or of characters typed or pasted.
pub fn key_count(event: &Event) -> u64 {
    let characters = |text: &str| text.chars().count() as u64;
    match event {
        Event::Text(text) => characters(text),
        Event::Paste(paste) => characters(&paste.text),
        Event::Key(key) => (key.kind() != KeyKind::Release).into(),
        Event::Mouse(_) | Event::Focus(_) | Event::Resize(_) => 0,
    }
}
