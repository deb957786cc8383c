//! Replacement of an emulator that panicked.

use protocol::{line::cells, mirror::Mirror};

use super::*;

fn shown(screen: &mut Screen) -> (Mirror, Vec<String>) {
    let mut mirror = Mirror::default();
    mirror.apply(&screen.frame_since(None).unwrap()).unwrap();
    let text = mirror.lines.iter().map(|line| cells(line).map(|cell| cell.text).collect());
    let text = text.collect();
    (mirror, text)
}

/// Moves the cursor outside the grid, which no output can do, so that the next character panics.
fn break_emulator(screen: &mut Screen) {
    screen.engine.term.grid.cursor.pos.row = pos::Line(5000);
}

#[test]
fn an_emulator_that_panics_is_replaced_with_the_same_screen() {
    for program in [
        "\x1b]0;title\x07\x1b[?2004h\x1b[?1h\x1b=\x1b[>5u\x1b[4 q\x1b]4;1;#123456\x07",
        "\x1b[?1049h\x1b[?1003h\x1b[?1006h\x1b[?7l\x1b[?25l",
    ] {
        let mut screen = Screen::new(Size::clamped(40, 6), 100);
        (0..50).for_each(|line| screen.feed(format!("line {line}\r\n").as_bytes()));
        screen.feed(program.as_bytes());
        screen
            .feed("\x1b[2;3H\x1b[1;38;2;1;2;3;4:3m漢字e\u{301}\x1b[0m plain\x1b[44m  ".as_bytes());
        screen.compact();
        screen.sync();
        let (before, text) = shown(&mut screen);
        let history = screen.lines(0, 500);
        break_emulator(&mut screen);
        screen.feed(b"lost");
        screen.sync();
        let (after, text_after) = shown(&mut screen);
        assert_eq!(text_after, text);
        assert_eq!((after.cursor, after.modes), (before.cursor, before.modes));
        assert_eq!((&after.title, &after.palette), (&before.title, &before.palette));
        assert_ne!(after.epoch, before.epoch);
        for (old, new) in before.lines.iter().zip(&after.lines) {
            let styles = |mirror: &Mirror, line| {
                cells(line).map(|cell| mirror.style(cell.style)).collect::<Vec<_>>()
            };
            assert_eq!(styles(&before, old), styles(&after, new));
        }
        screen.feed(b"\x1b[?1049l\x1b[6;1H\r\nalive");
        screen.sync();
        let later = screen.lines(history.oldest, 500);
        assert_eq!(later.oldest, history.oldest);
        assert!(later.lines.len() >= history.lines.len());
    }
}
