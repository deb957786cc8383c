//! Lines keep their ids through scrolling, compaction, eviction and the alternate screen; clearing drops
//! them.

use protocol::{line::cells, style::Color, wire::History};
use screen::{Screen, Size};

fn text(history: &History) -> Vec<String> {
    history.lines.iter().map(|line| cells(line).map(|cell| cell.text).collect()).collect()
}

/// Asserts that the text of every available line has the id of the line.
fn assert_numbered(screen: &mut Screen, held_from: u64, end: u64) {
    screen.sync();
    let mut id = 0;
    while id < end {
        let history = screen.lines(id, 500);
        assert_eq!(history.oldest, held_from);
        assert_eq!(history.first, id.max(held_from));
        assert!(!history.lines.is_empty() || history.first >= end);
        for (text, id) in text(&history).iter().zip(history.first..end) {
            assert_eq!(*text, format!("line {id}"));
        }
        for (line, id) in history.lines.iter().zip(history.first..end) {
            let style = (line.runs.get(3).copied().unwrap_or_default() >> 3) as usize;
            let style = history.styles[style - 1].clone();
            assert_eq!(Color::unpack(style.foreground), Color::Indexed((id % 200) as u8 + 16));
        }
        id = history.first + history.lines.len().max(1) as u64;
    }
}

fn numbered(id: u64) -> String {
    format!("line \x1b[38;5;{}m{id}\x1b[0m\r\n", id % 200 + 16)
}

#[test]
fn ids_match_line_numbers_in_all_states() {
    let mut screen = Screen::new(Size::clamped(40, 10), 1000);
    let mut next = 0;
    for (step, count) in [3, 20, 1, 150, 700, 5, 300, 90, 2500, 40, 400].into_iter().enumerate() {
        for _ in 0..count {
            screen.feed(numbered(next).as_bytes());
            next += 1;
        }
        let top = (next + 1).saturating_sub(10);
        if step % 2 == 0 {
            screen.compact();
        }
        assert_numbered(&mut screen, top.saturating_sub(1000), next);
        if step % 3 == 0 {
            screen.feed(b"\x1b[?1049h\x1b[2Jsomething else\r\n\n\n\n\n\n\n\n\n\n\n\n");
            screen.compact();
            screen.sync();
            let history = screen.lines(0, 500);
            assert_eq!(history.oldest, top.saturating_sub(1000));
            for (text, id) in text(&history).iter().zip(history.first..) {
                assert_eq!(*text, format!("line {id}"));
            }
            screen.feed(b"\x1b[?1049l");
            assert_numbered(&mut screen, top.saturating_sub(1000), next);
        }
    }
}

#[test]
fn clearing_drops_only_the_history() {
    for clear in ["\x1b[3J", "\x1bc"] {
        let mut screen = Screen::new(Size::clamped(40, 10), 1000);
        (0..300).for_each(|id| screen.feed(numbered(id).as_bytes()));
        screen.compact();
        (300..320).for_each(|id| screen.feed(numbered(id).as_bytes()));
        screen.sync();
        let before = screen.position();
        screen.feed(clear.as_bytes());
        screen.sync();
        let history = screen.lines(0, 500);
        assert_eq!((history.oldest, history.lines.len()), (311, 10), "{clear:?}");
        assert_ne!(screen.position().epoch, before.epoch);
        screen.feed(b"\x1b[H\x1b[J");
        (0..30).for_each(|id| screen.feed(numbered(id).as_bytes()));
        screen.compact();
        screen.sync();
        let history = screen.lines(0, 500);
        assert_eq!(text(&history).first().map(String::as_str), Some("line 0"), "{clear:?}");
    }
}

#[test]
fn resizing_keeps_the_text() {
    let mut screen = Screen::new(Size::clamped(40, 10), 1000);
    (0..200).for_each(|id| screen.feed(numbered(id).as_bytes()));
    for (columns, rows) in [(5, 10), (40, 30), (12, 3), (80, 24)] {
        screen.resize(Size::clamped(columns, rows));
        screen.sync();
        let mut all = String::new();
        let history = screen.lines(0, 500);
        for line in &history.lines {
            cells(line).for_each(|cell| all.push_str(cell.text));
        }
        let all = all.replace(' ', "");
        let expected: String = (100..200).map(|id| format!("line{id}")).collect();
        assert!(all.contains(&expected), "{columns}x{rows}: {all}");
    }
}

#[test]
fn a_reply_has_at_most_500_lines() {
    let mut screen = Screen::new(Size::clamped(40, 10), 5000);
    (0..2000).for_each(|id| screen.feed(numbered(id).as_bytes()));
    assert_eq!(screen.lines(0, u32::MAX).lines.len(), 500);
    screen.compact();
    assert_eq!(screen.lines(5, u32::MAX).lines.len(), 500);
    assert_eq!(screen.lines(u64::MAX, u32::MAX).lines.len(), 0);
    assert_eq!(screen.lines(0, 0).lines.len(), 0);
}

#[test]
fn without_history_only_the_screen_is_available() {
    let mut screen = Screen::new(Size::clamped(40, 10), 0);
    (0..50).for_each(|id| screen.feed(numbered(id).as_bytes()));
    screen.compact();
    screen.sync();
    assert_numbered(&mut screen, 41, 50);
}

#[test]
fn a_limit_on_bytes_drops_the_oldest_lines() {
    let mut screen = Screen::new(Size::clamped(40, 10), 100_000);
    let mut next = 0;
    let mut more = |screen: &mut Screen, count: u64| {
        for _ in 0..count {
            screen.feed(numbered(next).as_bytes());
            next += 1;
        }
        next
    };
    let end = more(&mut screen, 20_000);
    screen.compact();
    assert_numbered(&mut screen, 0, end);
    let unbounded = screen.bytes_buffered();
    // Half of the bytes keep about half of the lines, always the latest.
    screen.limit_history(unbounded / 2);
    let oldest = screen.lines(0, 1).oldest;
    assert!((8_000..12_000).contains(&oldest), "{oldest}");
    assert_numbered(&mut screen, oldest, end);
    // The limit holds with and without compaction and at any width.
    for (step, columns) in [40, 80, 30, 300].into_iter().enumerate() {
        screen.resize(Size::clamped(columns, 10));
        let end = more(&mut screen, 30_000);
        if step % 2 == 0 {
            screen.compact();
        }
        screen.sync();
        let last_screens = 2 * 100 * u64::from(columns) * 8;
        assert!(screen.bytes_buffered() <= unbounded + last_screens, "{}", screen.bytes_buffered());
        // A resize renumbers lines.
        let history = text(&screen.lines(end - 100, 500));
        assert!(history.contains(&format!("line {}", end - 50)), "{history:?}");
    }
    screen.limit_history(1);
    assert!(screen.bytes_buffered() <= 2 * 100 * 300 * 8);
    // Without the limit the history grows again.
    screen.limit_history(0);
    let before = screen.lines(0, 1).oldest;
    more(&mut screen, 2_000);
    assert_eq!(screen.lines(0, 1).oldest, before);
}
