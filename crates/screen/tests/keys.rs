//! Encoding of keys, mouse, focus and pastes, according to the tables of xterm and kitty.

use protocol::wire::{Key, KeyKind, Mouse, MouseKind};
use screen::{Screen, Size};

const SHIFT: u32 = 1;
const ALT: u32 = 2;
const CONTROL: u32 = 4;
const META: u32 = 8;
const CAPS: u32 = 16;
const NUM: u32 = 32;

fn screen(modes: &str) -> Screen {
    let mut screen = Screen::new(Size::clamped(80, 24), 100);
    screen.feed(modes.as_bytes());
    screen
}

fn key(name: &str, code: &str, modifiers: u32, kind: KeyKind) -> Key {
    Key { key: name.into(), code: code.into(), modifiers, kind: kind.into() }
}

fn check(modes: &str, cases: &[(&str, &str, u32, &str)]) {
    for &(name, code, modifiers, expected) in cases {
        let bytes = screen(modes).encode_key(&key(name, code, modifiers, KeyKind::Press));
        let sent = String::from_utf8_lossy(&bytes).into_owned();
        assert_eq!(sent, expected, "{modes:?} {name} {modifiers}");
    }
}

#[test]
fn keys_in_default_modes() {
    check(
        "",
        &[
            ("a", "KeyA", 0, "a"),
            ("A", "KeyA", SHIFT, "A"),
            ("é", "", 0, "é"),
            ("漢", "", 0, "漢"),
            ("a", "KeyA", CONTROL, "\x01"),
            ("A", "KeyA", CONTROL | SHIFT, "\x01"),
            ("z", "KeyZ", CONTROL, "\x1a"),
            (" ", "Space", CONTROL, "\0"),
            ("@", "Digit2", CONTROL, "\0"),
            ("[", "BracketLeft", CONTROL, "\x1b"),
            ("\\", "Backslash", CONTROL, "\x1c"),
            ("]", "BracketRight", CONTROL, "\x1d"),
            ("6", "Digit6", CONTROL, "\x1e"),
            ("/", "Slash", CONTROL, "\x1f"),
            ("?", "Slash", CONTROL | SHIFT, "\x7f"),
            (".", "Period", CONTROL, "."),
            ("a", "KeyA", ALT, "\x1ba"),
            ("a", "KeyA", ALT | CONTROL, "\x1b\x01"),
            ("Enter", "Enter", 0, "\r"),
            ("Enter", "Enter", ALT, "\x1b\r"),
            ("Tab", "Tab", 0, "\t"),
            ("Tab", "Tab", SHIFT, "\x1b[Z"),
            ("Backspace", "Backspace", 0, "\x7f"),
            ("Backspace", "Backspace", CONTROL, "\x08"),
            ("Backspace", "Backspace", ALT, "\x1b\x7f"),
            ("Escape", "Escape", 0, "\x1b"),
            ("ArrowUp", "ArrowUp", 0, "\x1b[A"),
            ("ArrowLeft", "ArrowLeft", CONTROL, "\x1b[1;5D"),
            ("ArrowRight", "ArrowRight", SHIFT | ALT, "\x1b[1;4C"),
            ("Home", "Home", 0, "\x1b[H"),
            ("End", "End", SHIFT, "\x1b[1;2F"),
            ("Insert", "Insert", 0, "\x1b[2~"),
            ("Delete", "Delete", CONTROL, "\x1b[3;5~"),
            ("PageUp", "PageUp", 0, "\x1b[5~"),
            ("PageDown", "PageDown", SHIFT, "\x1b[6;2~"),
            ("F1", "F1", 0, "\x1bOP"),
            ("F4", "F4", 0, "\x1bOS"),
            ("F1", "F1", SHIFT, "\x1b[1;2P"),
            ("F5", "F5", 0, "\x1b[15~"),
            ("F12", "F12", CONTROL, "\x1b[24;5~"),
            ("F13", "F13", 0, "\x1b[25~"),
            ("F20", "F20", 0, "\x1b[34~"),
            ("Shift", "ShiftLeft", SHIFT, ""),
            ("CapsLock", "CapsLock", 0, ""),
            ("Dead", "BracketLeft", 0, ""),
            ("Unidentified", "", 0, ""),
            ("5", "Numpad5", NUM, "5"),
            ("ArrowUp", "Numpad8", 0, "\x1b[A"),
        ],
    );
}

#[test]
fn modes_change_the_encoding_of_keys() {
    check(
        "\x1b[?1h",
        &[
            ("ArrowUp", "ArrowUp", 0, "\x1bOA"),
            ("Home", "Home", 0, "\x1bOH"),
            ("ArrowUp", "ArrowUp", CONTROL, "\x1b[1;5A"),
            ("PageUp", "PageUp", 0, "\x1b[5~"),
        ],
    );
    check(
        "\x1b=",
        &[
            ("5", "Numpad5", 0, "\x1bOu"),
            ("Enter", "NumpadEnter", 0, "\x1bOM"),
            ("+", "NumpadAdd", 0, "\x1bOk"),
            ("5", "Numpad5", NUM, "5"),
            ("5", "Digit5", 0, "5"),
        ],
    );
    check("\x1b[20h", &[("Enter", "Enter", 0, "\r\n")]);
    check(
        "\x1b[>4;1m",
        &[
            ("a", "KeyA", CONTROL, "\x01"),
            ("a", "KeyA", ALT, "\x1ba"),
            (".", "Period", CONTROL, "\x1b[27;5;46~"),
            ("Enter", "Enter", CONTROL, "\x1b[27;5;13~"),
            ("Enter", "Enter", SHIFT, "\x1b[27;2;13~"),
            ("Tab", "Tab", CONTROL, "\x1b[27;5;9~"),
            ("A", "KeyA", SHIFT, "A"),
        ],
    );
    check(
        "\x1b[>4;2m",
        &[
            ("a", "KeyA", CONTROL, "\x1b[27;5;97~"),
            ("A", "KeyA", CONTROL | SHIFT, "\x1b[27;6;65~"),
            ("a", "KeyA", ALT, "\x1b[27;3;97~"),
            ("A", "KeyA", SHIFT, "A"),
            ("Tab", "Tab", SHIFT, "\x1b[Z"),
            ("Backspace", "Backspace", CONTROL, "\x1b[27;5;127~"),
            ("Escape", "Escape", 0, "\x1b"),
            ("ArrowUp", "ArrowUp", CONTROL, "\x1b[1;5A"),
        ],
    );
    check("\x1b[>4;2m\x1b[>4m", &[("a", "KeyA", CONTROL, "\x01")]);
}

#[test]
fn kitty_disambiguates() {
    check(
        "\x1b[>1u",
        &[
            ("a", "KeyA", 0, "a"),
            ("A", "KeyA", SHIFT, "A"),
            ("a", "KeyA", CAPS, "a"),
            ("a", "KeyA", CONTROL, "\x1b[97;5u"),
            ("A", "KeyA", CONTROL | SHIFT, "\x1b[97;6u"),
            ("a", "KeyA", ALT, "\x1b[97;3u"),
            ("i", "KeyI", CONTROL, "\x1b[105;5u"),
            ("m", "KeyM", CONTROL, "\x1b[109;5u"),
            ("[", "BracketLeft", CONTROL, "\x1b[91;5u"),
            ("é", "", ALT, "\x1b[233;3u"),
            ("v", "KeyV", META, "\x1b[118;9u"),
            ("Escape", "Escape", 0, "\x1b[27u"),
            ("Escape", "Escape", SHIFT, "\x1b[27;2u"),
            ("Enter", "Enter", 0, "\r"),
            ("Enter", "Enter", SHIFT, "\x1b[13;2u"),
            ("Tab", "Tab", 0, "\t"),
            ("Tab", "Tab", SHIFT, "\x1b[9;2u"),
            ("Backspace", "Backspace", 0, "\x7f"),
            ("Backspace", "Backspace", CONTROL, "\x1b[127;5u"),
            ("ArrowUp", "ArrowUp", 0, "\x1b[A"),
            ("ArrowUp", "ArrowUp", CONTROL, "\x1b[1;5A"),
            ("F1", "F1", 0, "\x1b[P"),
            ("F3", "F3", 0, "\x1b[13~"),
            ("F3", "F3", SHIFT, "\x1b[13;2~"),
            ("F5", "F5", 0, "\x1b[15~"),
            ("F13", "F13", 0, "\x1b[57376u"),
            ("F35", "F35", 0, "\x1b[57398u"),
            ("Delete", "Delete", 0, "\x1b[3~"),
            ("ContextMenu", "ContextMenu", 0, "\x1b[57363u"),
            ("Shift", "ShiftLeft", SHIFT, ""),
            ("5", "Numpad5", NUM, "5"),
            ("Enter", "NumpadEnter", 0, "\x1b[57414u"),
            ("ArrowUp", "Numpad8", 0, "\x1b[57419u"),
            // The last key of each series with consecutive numbers, and one after a key that W3C lacks.
            ("Clear", "Numpad5", 0, "\x1b[57427u"),
            ("MediaStop", "MediaStop", 0, "\x1b[57432u"),
            ("AudioVolumeMute", "AudioVolumeMute", 0, "\x1b[57440u"),
        ],
    );
    // The cursor key mode has no effect here.
    check("\x1b[?1h\x1b[>1u", &[("ArrowUp", "ArrowUp", 0, "\x1b[A")]);
    check("\x1b[>1u\x1b[<u", &[("a", "KeyA", CONTROL, "\x01")]);
}

#[test]
fn kitty_reports_alternates_all_keys_and_text() {
    check(
        "\x1b[>5u",
        &[
            ("A", "KeyA", CONTROL | SHIFT, "\x1b[97:65;6u"),
            ("с", "KeyC", CONTROL, "\x1b[1089::99;5u"),
            ("С", "KeyC", CONTROL | SHIFT, "\x1b[1089:1057:99;6u"),
            ("!", "Digit1", CONTROL | SHIFT, "\x1b[49:33;6u"),
            ("a", "KeyA", CONTROL, "\x1b[97;5u"),
            ("a", "KeyA", 0, "a"),
        ],
    );
    check(
        "\x1b[>8u",
        &[
            ("a", "KeyA", 0, "\x1b[97u"),
            ("A", "KeyA", SHIFT, "\x1b[97;2u"),
            ("a", "KeyA", CAPS, "\x1b[97;65u"),
            ("a", "KeyA", NUM, "\x1b[97;129u"),
            ("Enter", "Enter", 0, "\x1b[13u"),
            ("Tab", "Tab", 0, "\x1b[9u"),
            ("Backspace", "Backspace", 0, "\x1b[127u"),
            ("Escape", "Escape", 0, "\x1b[27u"),
            ("Shift", "ShiftLeft", SHIFT, "\x1b[57441;2u"),
            ("Control", "ControlRight", CONTROL, "\x1b[57448;5u"),
            ("AltGraph", "AltRight", 0, "\x1b[57453u"),
            ("5", "Numpad5", NUM, "\x1b[57404;129u"),
            (",", "NumpadComma", 0, "\x1b[57416u"),
            ("CapsLock", "CapsLock", CAPS, "\x1b[57358;65u"),
        ],
    );
    check(
        "\x1b[>24u",
        &[
            ("a", "KeyA", 0, "\x1b[97;;97u"),
            ("A", "KeyA", SHIFT, "\x1b[97;2;65u"),
            ("a", "KeyA", CONTROL, "\x1b[97;5u"),
            ("Enter", "Enter", 0, "\x1b[13u"),
        ],
    );
    check("\x1b[>29u", &[("A", "KeyA", SHIFT, "\x1b[97:65;2;65u")]);
}

#[test]
fn kitty_reports_repeats_and_releases() {
    use KeyKind::{Press, Release, Repeat};
    for (modes, name, code, kind, expected) in [
        ("", "a", "KeyA", Repeat, "a"),
        ("", "a", "KeyA", Release, ""),
        ("", "ArrowUp", "ArrowUp", Release, ""),
        ("\x1b[>1u", "a", "KeyA", Release, ""),
        ("\x1b[>1u", "ArrowUp", "ArrowUp", Repeat, "\x1b[A"),
        ("\x1b[>3u", "a", "KeyA", Press, "a"),
        ("\x1b[>3u", "a", "KeyA", Repeat, "a"),
        ("\x1b[>3u", "a", "KeyA", Release, "\x1b[97;1:3u"),
        ("\x1b[>3u", "Enter", "Enter", Release, ""),
        ("\x1b[>3u", "Escape", "Escape", Release, "\x1b[27;1:3u"),
        ("\x1b[>3u", "ArrowUp", "ArrowUp", Repeat, "\x1b[1;1:2A"),
        ("\x1b[>3u", "ArrowUp", "ArrowUp", Release, "\x1b[1;1:3A"),
        ("\x1b[>3u", "F5", "F5", Release, "\x1b[15;1:3~"),
        ("\x1b[>11u", "Enter", "Enter", Release, "\x1b[13;1:3u"),
        ("\x1b[>11u", "a", "KeyA", Repeat, "\x1b[97;1:2u"),
        ("\x1b[>27u", "a", "KeyA", Repeat, "\x1b[97;1:2;97u"),
        ("\x1b[>27u", "a", "KeyA", Release, "\x1b[97;1:3u"),
    ] {
        let bytes = screen(modes).encode_key(&key(name, code, 0, kind));
        assert_eq!(String::from_utf8_lossy(&bytes), expected, "{modes:?} {name} {kind:?}");
    }
}

#[test]
fn the_mouse_is_reported_in_the_requested_mode() {
    use MouseKind::{Down, Move, Up, Wheel};
    let (x10, click, drag, all) = ("\x1b[?9h", "\x1b[?1000h", "\x1b[?1002h", "\x1b[?1003h");
    let sgr = |mode: &str| format!("{mode}\x1b[?1006h");
    for (modes, kind, button, column, row, modifiers, expected) in [
        (String::new(), Down, 0, 0, 0, 0, "".as_bytes()),
        (x10.into(), Down, 2, 4, 5, SHIFT, b"\x1b[M\x22\x25\x26"),
        (x10.into(), Up, 2, 4, 5, 0, b""),
        (click.into(), Down, 0, 0, 0, 0, b"\x1b[M\x20\x21\x21"),
        (click.into(), Up, 0, 0, 0, 0, b"\x1b[M\x23\x21\x21"),
        (click.into(), Down, 1, 222, 0, CONTROL, b"\x1b[M\x31\xff\x21"),
        (click.into(), Down, 1, 223, 0, 0, b""),
        (click.into(), Move, 0, 1, 1, 0, b""),
        (click.into(), Wheel, 64, 1, 1, 0, b"\x1b[M\x60\x22\x22"),
        (drag.into(), Move, 0, 1, 1, 0, b"\x1b[M\x40\x22\x22"),
        (drag.into(), Move, 3, 1, 1, 0, b""),
        (all.into(), Move, 3, 1, 1, 0, b"\x1b[M\x43\x22\x22"),
        (sgr(click), Down, 0, 499, 299, ALT, b"\x1b[<8;500;300M"),
        (sgr(click), Up, 2, 9, 9, 0, b"\x1b[<2;10;10m"),
        (sgr(all), Move, 3, 9, 9, 0, b"\x1b[<35;10;10M"),
        (sgr(click), Wheel, 65, 9, 9, SHIFT, b"\x1b[<69;10;10M"),
        (sgr(click), Wheel, 7, 9, 9, 0, b""),
        (sgr(click), Down, 9, 9, 9, 0, b""),
        ("\x1b[?1000h\x1b[?1005h".into(), Down, 0, 300, 0, 0, "\x1b[M \u{14d}!".as_bytes()),
        (String::new(), Wheel, 64, 0, 0, 0, b""),
        ("\x1b[?1049h".into(), Wheel, 64, 0, 0, 0, b"\x1b[A\x1b[A\x1b[A"),
        ("\x1b[?1049h\x1b[?1h".into(), Wheel, 65, 0, 0, 0, b"\x1bOB\x1bOB\x1bOB"),
        ("\x1b[?1049h\x1b[?1007l".into(), Wheel, 65, 0, 0, 0, b""),
    ] {
        let mouse = Mouse { kind: kind.into(), button, column, row, modifiers };
        assert_eq!(screen(&modes).encode_mouse(&mouse), expected, "{modes:?} {mouse:?}");
    }
}

#[test]
fn pastes_cannot_press_keys_or_leave_their_brackets() {
    let hostile = "a\x1b[201~rm -rf\r\nb\nc\rd\te\u{3}\u{9b}201~\u{7f}\u{8}";
    let clean = "a[201~rm -rf\rb\rc\rd\te201~";
    assert_eq!(screen("").encode_paste(hostile, true, true), clean.as_bytes());
    let mut screen = screen("\x1b[?2004h");
    assert_eq!(
        screen.encode_paste(hostile, true, true),
        format!("\x1b[200~{clean}\x1b[201~").as_bytes()
    );
    assert_eq!(screen.encode_paste("a\r", true, false), b"\x1b[200~a\r");
    // The bracket is closed even if the program disables the mode during the paste.
    screen.feed(b"\x1b[?2004l");
    assert_eq!(screen.encode_paste("\nb", false, false), b"b");
    assert_eq!(screen.encode_paste("", false, true), b"\x1b[201~");
    assert_eq!(screen.encode_paste("", false, true), b"");
}

#[test]
fn focus_is_reported_on_request() {
    assert_eq!(screen("").encode_focus(true), b"");
    assert_eq!(screen("\x1b[?1004h").encode_focus(true), b"\x1b[I");
    assert_eq!(screen("\x1b[?1004h").encode_focus(false), b"\x1b[O");
}
