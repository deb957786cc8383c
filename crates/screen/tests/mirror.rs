//! A mirror that applies frames equals the screen, for any output and at any time.

use proptest::prelude::*;
use prost::Message;
use protocol::{
    mirror::Mirror,
    wire::{Position, ServerMessage, server_message::Body},
};
use screen::{Screen, Size};

fn catch_up(screen: &mut Screen, mirror: &mut Mirror) -> usize {
    let position = mirror.position();
    match screen.frame_since(position.as_ref()) {
        Some(frame) => {
            assert_eq!(mirror.apply(&frame).err(), None);
            let message = ServerMessage { body: Some(Body::Frame(frame)) };
            message.encoded_len()
        }
        None => 0,
    }
}

fn assert_same(screen: &mut Screen, mirror: &Mirror) {
    let mut fresh = Mirror::default();
    catch_up(screen, &mut fresh);
    for (row, (have, want)) in mirror.lines.iter().zip(&fresh.lines).enumerate() {
        assert_eq!(have, want, "row {row}");
    }
    assert_eq!((mirror.cursor, mirror.modes), (fresh.cursor, fresh.modes));
    assert_eq!((mirror.hash(), fresh.hash()), (screen.hash(), screen.hash()));
    assert_eq!((&mirror.title, &mirror.palette), (&fresh.title, &fresh.palette));
    assert_eq!((mirror.top, mirror.oldest), (fresh.top, fresh.oldest));
    assert_eq!(mirror.position(), fresh.position());
    let columns = mirror.columns;
    assert!(mirror.lines.iter().all(|line| protocol::line::columns(line) <= columns));
    for line in &mirror.lines {
        for run in line.runs.iter().skip(1).step_by(2) {
            assert_eq!(mirror.style(run >> 3), fresh.style(run >> 3));
        }
    }
}

/// One step of a test run.
#[derive(Clone, Debug)]
enum Step {
    Bytes(Vec<u8>),
    Resize(u16, u16),
    Sync,
    CatchUp(usize),
    Compact,
}

fn sequence() -> impl Strategy<Value = Vec<u8>> {
    let number = 0u16..30;
    let numbers = (number.clone(), number).prop_map(|(a, b)| format!("{a};{b}"));
    let finals = proptest::sample::select(b"ABCDEFGHIJKLMPSTXZ@bdfgmnrsu`".to_vec());
    let private = proptest::sample::select(vec![
        "?1049h", "?1049l", "?47h", "?47l", "?6h", "?6l", "?7h", "?7l", "?25l", "?25h", "4h", "4l",
        "?2026h", "?2026l", "?1000h", "?2004h", "!p", "?2027h", "?2027l", "20h", "20l", "3J", "2J",
        "4 q", ">1u", "<u", "1;5r", "2;9r", "r", "?3h", "500b", "500Z", "500I", "3g",
    ]);
    let sgr = proptest::sample::select(vec![
        "0m",
        "1m",
        "31m",
        "42m",
        "7m",
        "4:3m",
        "38;5;200m",
        "48;2;1;2;3m",
        "38:2::9:8:7m",
        "K",
        "J",
    ]);
    let text = proptest::sample::select(vec![
        "a",
        "hello world ",
        "漢字",
        "e\u{301}",
        "👨‍👩‍👧",
        "\u{fe0f}",
        "\u{200d}",
        "─────────────────",
        "\t",
        "\r\n",
        "\n",
        "\n\n\n",
        "\u{8}",
        "\x0e",
        "\x0f",
        "        ",
        "0123456789",
        "\u{1100}\u{1161}",
    ]);
    let escape = proptest::sample::select(vec![
        "D",
        "E",
        "M",
        "H",
        "7",
        "8",
        "c",
        "#8",
        "=",
        ">",
        "(0",
        "(B",
        ")0",
        "]0;title\x07",
        "]2;\x1b\\",
        "]8;;https://example.org\x1b\\",
        "]8;;\x1b\\",
        "]4;1;#123456\x07",
        "]104\x07",
        "]11;?\x07",
        "P$qm\x1b\\",
        "_Gx\x1b\\",
        "^x\x1b\\",
    ]);
    prop_oneof![
        6 => text.prop_map(|text| text.as_bytes().to_vec()),
        3 => (numbers, finals).prop_map(|(numbers, last)| {
            [b"\x1b[", numbers.as_bytes(), &[last]].concat()
        }),
        2 => prop_oneof![private, sgr].prop_map(|rest| format!("\x1b[{rest}").into_bytes()),
        1 => escape.prop_map(|rest| format!("\x1b{rest}").into_bytes()),
        1 => proptest::collection::vec(any::<u8>(), 0..6),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => proptest::collection::vec(sequence(), 1..12).prop_map(|parts| Step::Bytes(parts.concat())),
        6 => Just(Step::Sync),
        6 => (0usize..3).prop_map(Step::CatchUp),
        1 => (0u16..40, 0u16..14).prop_map(|(columns, rows)| Step::Resize(columns, rows)),
        1 => Just(Step::Compact),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_mirror_equals_the_screen(steps in proptest::collection::vec(step(), 1..80)) {
        let mut screen = Screen::new(Size::clamped(20, 8), 60);
        let mut mirrors = [Mirror::default(), Mirror::default(), Mirror::default()];
        for step in steps {
            match step {
                Step::Bytes(bytes) => screen.feed(&bytes),
                Step::Resize(columns, rows) => screen.resize(Size::clamped(columns, rows)),
                Step::Sync => drop(screen.sync()),
                Step::CatchUp(at) => {
                    catch_up(&mut screen, &mut mirrors[at]);
                    assert_same(&mut screen, &mirrors[at]);
                }
                Step::Compact => screen.compact(),
            }
        }
        screen.sync();
        for mirror in &mut mirrors {
            catch_up(&mut screen, mirror);
            assert_same(&mut screen, mirror);
        }
    }
}

#[test]
fn a_typed_character_takes_at_most_14_bytes() {
    let mut screen = Screen::new(Size::clamped(200, 50), 1000);
    let mut mirror = Mirror::default();
    screen.feed(b"\x1b[30;1H\x1b[32muser@host\x1b[0m:\x1b[34m~/some/long/directory\x1b[0m$ ");
    screen.sync();
    catch_up(&mut screen, &mut mirror);
    for key in b"cargo nextest run --workspace --all-features --no-fail-fast -- some_test_name_that_is_long and more words up to the second half of the line" {
        screen.feed(&[*key]);
        assert!(screen.sync());
        let bytes = catch_up(&mut screen, &mut mirror);
        assert!(bytes <= 14, "{bytes} bytes");
    }
    assert_same(&mut screen, &mirror);
}

#[test]
fn output_without_changes_makes_no_revision() {
    let mut screen = Screen::new(Size::clamped(80, 24), 1000);
    screen.feed(b"text");
    assert!(screen.sync());
    let position = screen.position();
    // The same text again, unused attributes, a query.
    screen.feed(b"\x1b[4Dtext\x1b[31m\x1b[5n");
    assert!(!screen.sync());
    assert_eq!(screen.position(), position);
    assert_eq!(screen.frame_since(Some(&position)), None);
}

#[test]
fn unknown_positions_get_the_whole_screen() {
    let mut screen = Screen::new(Size::clamped(80, 24), 1000);
    screen.feed(b"text");
    screen.sync();
    let now = screen.position();
    for unknown in [
        Position { epoch: now.epoch + 1, ..now },
        Position { revision: now.revision + 1, ..now },
        Position { revision: 0, ..now },
        Position { styles: now.styles + 1, ..now },
        Position { styles: 0, ..now },
        Position { epoch: u64::MAX, revision: u64::MAX, styles: u32::MAX },
    ] {
        assert!(screen.frame_since(Some(&unknown)).unwrap().reset.is_some(), "{unknown:?}");
    }
}

#[test]
fn a_scrolled_line_is_a_move_and_a_row() {
    let mut screen = Screen::new(Size::clamped(80, 24), 1000);
    let mut mirror = Mirror::default();
    for line in 0..23 {
        screen.feed(format!("line {line}\r\n").as_bytes());
    }
    screen.sync();
    catch_up(&mut screen, &mut mirror);
    screen.feed(b"the next line\r\n");
    screen.sync();
    let position = mirror.position();
    let frame = screen.frame_since(position.as_ref()).unwrap();
    assert_eq!((frame.scrolls.len(), frame.rows.len(), frame.scrolled), (1, 1, 1));
    catch_up(&mut screen, &mut mirror);
    assert_same(&mut screen, &mirror);
}

#[test]
fn a_scroll_region_moves_in_few_bytes() {
    let mut screen = Screen::new(Size::clamped(80, 24), 1000);
    let mut mirror = Mirror::default();
    for line in 1..=24 {
        screen.feed(
            format!("\x1b[{line};1Hsome text of line {line} in a full screen program").as_bytes(),
        );
    }
    screen.sync();
    catch_up(&mut screen, &mut mirror);
    for (output, scrolled) in [
        ("\x1b[3;20r\x1b[20;1H\na new line at the end", 0),
        ("\x1b[3;1H\x1bMand one at the start", 0),
    ] {
        screen.feed(output.as_bytes());
        screen.sync();
        let position = mirror.position();
        let frame = screen.frame_since(position.as_ref()).unwrap();
        assert_eq!((frame.scrolls.len(), frame.rows.len(), frame.scrolled), (1, 1, scrolled));
        assert!(catch_up(&mut screen, &mut mirror) < 60);
        assert_same(&mut screen, &mirror);
    }
}

#[test]
fn a_flood_costs_one_screen_per_frame() {
    let mut screen = Screen::new(Size::clamped(200, 50), 10_000);
    let mut mirror = Mirror::default();
    catch_up(&mut screen, &mut mirror);
    let mut number = 0;
    for _ in 0..20 {
        let mut output = String::new();
        while output.len() < 64 * 1024 {
            number += 1;
            output.push_str(&format!("{number}\r\n"));
        }
        screen.feed(output.as_bytes());
        screen.sync();
        let bytes = catch_up(&mut screen, &mut mirror);
        assert!(bytes <= 620, "{bytes} bytes");
    }
    assert_same(&mut screen, &mirror);
    assert_eq!(mirror.top, number + 1 - 50);
}

#[test]
fn a_whole_screen_takes_little_more_than_its_text() {
    let mut screen = Screen::new(Size::clamped(200, 50), 10_000);
    for line in 0..200 {
        let name =
            format!("drwxr-xr-x 2 user group 4096 Jan  1 12:00 \x1b[01;34mdirectory-{line}\x1b[0m");
        screen.feed(format!("{name}\r\n").as_bytes());
    }
    screen.sync();
    let bytes = catch_up(&mut screen, &mut Mirror::default());
    assert!(bytes <= 4 * 1024, "{bytes} bytes");
}
