//! Content of a terminal after painting, according to a terminal emulator.

use proptest::prelude::*;
use protocol::style::Style;
use screen::{Screen, Size};

use super::*;

/// The screen of a session, its mirror, and an emulated terminal that shows it.
struct Show {
    session: Screen,
    mirror: Mirror,
    painter: Painter,
    terminal: Screen,
}

impl Show {
    fn new(session: (u16, u16), terminal: (u16, u16)) -> Self {
        let mut painter = Painter::default();
        painter.resize(terminal.0.into(), terminal.1.into());
        Self {
            session: Screen::new(Size::clamped(session.0, session.1), 100),
            mirror: Mirror::default(),
            painter,
            terminal: Screen::new(Size::clamped(terminal.0, terminal.1), 0),
        }
    }

    fn feed(&mut self, bytes: &[u8], notice: Option<&str>) {
        self.session.feed(bytes);
        self.session.sync();
        if let Some(frame) = self.session.frame_since(self.mirror.position().as_ref()) {
            self.mirror.apply(&frame).unwrap();
        }
        let painted = self.painter.paint(&self.mirror, notice, 0);
        self.terminal.feed(painted.as_bytes());
    }

    fn shown(&mut self) -> Mirror {
        let mut shown = Mirror::default();
        self.terminal.sync();
        shown.apply(&self.terminal.frame_since(None).unwrap()).unwrap();
        shown
    }

    /// Text and styles of all cells.
    fn content(mirror: &Mirror) -> Vec<Vec<(String, Style)>> {
        let rows = mirror.lines.iter().map(|line| {
            let cells = cells(line, 0, mirror.columns);
            cells.iter().map(|it| (it.text.to_owned(), mirror.style(it.style))).collect()
        });
        rows.collect()
    }
}

fn text(mirror: &Mirror) -> Vec<&str> {
    mirror.lines.iter().map(|line| line.text.as_str()).collect()
}

#[test]
fn a_notice_covers_the_last_row_until_it_ends() {
    let mut show = Show::new((10, 3), (10, 3));
    show.feed(b"one\r\ntwo\r\nthree", Some("away"));
    let shown = show.shown();
    assert_eq!(text(&shown)[..2], ["one", "two"]);
    assert!(text(&shown)[2].starts_with("away"));
    show.feed(b"!", None);
    assert_eq!(text(&show.shown()), ["one", "two", "three!"]);
}

#[test]
fn a_smaller_terminal_follows_the_cursor() {
    let mut show = Show::new((20, 6), (5, 2));
    show.feed(b"abcdefgh\r\n\n\n\nend", None);
    assert_eq!(text(&show.shown()), ["", "end"]);
    assert_eq!(show.painter.place(1, 1), (1, 4));
    show.feed(b"\x1b[1;8H", None);
    assert_eq!(text(&show.shown()), ["defgh", ""]);
}

#[test]
fn a_key_costs_few_bytes_and_no_change_costs_fewer() {
    let mut show = Show::new((80, 24), (80, 24));
    show.feed("x".repeat(70).as_bytes(), None);
    let quiet = show.painter.paint(&show.mirror, None, 0);
    show.session.feed(b"y");
    show.session.sync();
    let frame = show.session.frame_since(show.mirror.position().as_ref()).unwrap();
    show.mirror.apply(&frame).unwrap();
    let key = show.painter.paint(&show.mirror, None, 0);
    assert!(quiet.len() < 20 && key.len() < 60, "{quiet:?} {key:?}");
}

#[test]
fn the_terminal_gets_no_control_characters_from_a_screen() {
    let mut painter = Painter::default();
    painter.resize(20, 1);
    let mut mirror = Mirror::default();
    let frame = protocol::wire::Frame {
        reset: Some(protocol::wire::Reset { epoch: 1, columns: 20, rows: 1, top: 0 }),
        rows: vec![protocol::wire::Row {
            text: "a\u{1b}]2;x\u{7}\u{9b}".into(),
            ..Default::default()
        }],
        title: Some("t\u{1b}\\\u{7}".into()),
        ..Default::default()
    };
    mirror.apply(&frame).unwrap();
    let painted = painter.paint(&mirror, Some("\u{1b}c"), 0) + &painter.paint(&mirror, None, 0);
    assert!(!painted.contains('\u{7}') && !painted.contains('\u{9b}'), "{painted:?}");
    assert!(!painted.contains("\u{1b}c"), "{painted:?}");
    assert!(painted.contains("\u{1b}]2;t\\\u{1b}\\"), "{painted:?}");
}

#[test]
fn modes_are_enabled_and_disabled() {
    use modes::{FOCUS, KITTY_SHIFT, MOUSE_CLICK, MOUSE_DRAG};
    for (old, new, written) in [
        (0, 0, ""),
        (0, MOUSE_CLICK, "\x1b[?1000h\x1b[?1006h"),
        (MOUSE_CLICK, 0, "\x1b[?1000l\x1b[?1006l"),
        (MOUSE_CLICK | MOUSE_DRAG, MOUSE_CLICK, "\x1b[?1002l\x1b[?1000h"),
        (0, FOCUS, "\x1b[?1004h"),
        (0, 5 << KITTY_SHIFT, "\x1b[=5u"),
        (5 << KITTY_SHIFT, 0, "\x1b[=0u"),
    ] {
        assert_eq!(mode_changes(old, new), written);
    }
}

fn output() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ]{1,12}",
        Just("\r\n".to_owned()),
        Just("漢字e\u{301}👍🏽".to_owned()),
        Just("─".repeat(12)),
        (0u8..110).prop_map(|n| format!("\x1b[{n}m")),
        Just("\x1b[38;2;1;2;3;4:3m".to_owned()),
        (1u32..9, 1u32..22).prop_map(|(row, column)| format!("\x1b[{row};{column}H")),
        Just("\x1b[K".to_owned()),
        Just("\x1b[2J".to_owned()),
        Just("\x1b[1P\x1b[2@".to_owned()),
        Just("\x1b[L\x1b[3;6r\x1b[6H\n\x1b[r".to_owned()),
        Just("\x1b]8;;https://x.example\x1b\\a\x1b]8;;\x1b\\".to_owned()),
        Just("\x1b[?1049h".to_owned()),
        Just("\x1b[?1049l".to_owned()),
    ]
}

proptest! {
    #[test]
    fn the_terminal_shows_the_screen_of_the_session(steps in prop::collection::vec((output(), any::<bool>()), 1..40)) {
        let mut show = Show::new((20, 8), (20, 8));
        for (output, notice) in steps {
            show.feed(output.as_bytes(), notice.then_some("notice"));
        }
        show.feed(b"", None);
        let shown = show.shown();
        prop_assert_eq!(Show::content(&shown), Show::content(&show.mirror));
        let (there, here) = (shown.cursor, show.mirror.cursor);
        prop_assert_eq!((there.column, there.row), (here.column, here.row));
    }
}
