//! Hostile output: queries that would type for the user, endless strings, excessive work. Work is bounded
//! by counting it; times here are CPU times of the thread.

use std::time::Duration;

use protocol::{line::cells, mirror::Mirror};
use rustix::time::{ClockId, clock_gettime};
use screen::{Event, Screen, Size};

const FEED: usize = 64 * 1024;

/// CPU time of this thread, which excludes other load on the machine.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

fn screen() -> Screen {
    Screen::new(Size::clamped(200, 50), 10_000)
}

fn replies(screen: &mut Screen) -> String {
    let bytes = screen.take_events().into_iter().flat_map(|event| match event {
        Event::Reply(bytes) => bytes,
        Event::Clipboard(_) => Vec::new(),
    });
    String::from_utf8_lossy(&bytes.collect::<Vec<_>>()).into_owned()
}

fn rows(screen: &mut Screen) -> Vec<String> {
    screen.sync();
    let mut mirror = Mirror::default();
    if let Some(frame) = screen.frame_since(None) {
        assert_eq!(mirror.apply(&frame).err(), None);
    }
    let text = mirror.lines.iter().map(|line| cells(line).map(|cell| cell.text).collect());
    text.collect()
}

#[test]
fn replies_never_contain_text_chosen_by_a_program() {
    let command = "rm -rf";
    for query in [
        "\x05",
        "\x1b]0;rm -rf\x07\x1b[21t",
        "\x1b]2;rm -rf\x07\x1b[20t",
        "\x1b]52;c;?\x07",
        "\x1bP$qrm -rf\x1b\\",
        "\x1bP+q726d\x1b\\",
        "\x1b]4;rm -rf;?\x07",
        "\x1b]10;rm -rf\x07",
        "\x1b]8;;rm -rf\x07",
        "\x1b[>q",
        "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\",
        "\x1b_25a1;s\x1b\\",
        "\x1b[?1;1;1S",
        "\x1bZ\x1b[c\x1b[>c\x1b[=c",
        "\x1b[1*y\x1b[1;1;1;1;1;1*y",
    ] {
        let mut screen = screen();
        screen.feed(b"rm -rf\r\n");
        screen.feed(query.as_bytes());
        let reply = replies(&mut screen);
        assert!(!reply.contains(command) && !reply.contains("726d"), "{query:?}: {reply:?}");
        assert!(!reply.contains(['\r', '\n']), "{query:?}: {reply:?}");
    }
}

#[test]
fn queries_are_answered_once_and_as_documented() {
    for (query, answer) in [
        ("\x1b[c", "\x1b[?62;22;52c"),
        ("\x1b[>c", "\x1b[>0;10;1c"),
        ("\x1b[>q", "\x1bP>|websh\x1b\\"),
        ("\x1b[5n", "\x1b[0n"),
        ("\x1b[3;7H\x1b[6n", "\x1b[3;7R"),
        ("\x1b[5;9r\x1b[?6h\x1b[2;1H\x1b[6n", "\x1b[2;1R"),
        ("\x1b[18t", "\x1b[8;50;200t"),
        ("\x1b[?2026$p", "\x1b[?2026;2$y"),
        ("\x1b[?2004h\x1b[?2004$p", "\x1b[?2004;1$y"),
        ("\x1b[?31337$p", "\x1b[?31337;0$y"),
        ("\x1b[4$p", "\x1b[4;2$y"),
        ("\x1b[>5u\x1b[?u", "\x1b[?5u"),
        ("\x1b]11;?\x1b\\", "\x1b]11;rgb:1d1d/2121/2929\x1b\\"),
        ("\x1b]11;#102030\x07\x1b]11;?\x07", "\x1b]11;rgb:1010/2020/3030\x07"),
        ("\x1b]4;196;?\x07", "\x1b]4;196;rgb:ffff/0000/0000\x07"),
        ("\x1b[1;4:3;38;5;9m\x1bP$qm\x1b\\", "\x1bP1$r0;1;4:3;38;5;9m\x1b\\"),
        ("\x1b[4 q\x1bP$q q\x1b\\", "\x1bP1$r4 q\x1b\\"),
        ("\x1b[2;9r\x1bP$qr\x1b\\", "\x1bP1$r2;9r\x1b\\"),
        ("\x1bP$qx\x1b\\", "\x1bP0$r\x1b\\"),
        ("\x05\x1b[14t\x1b[16t\x1b[21t\x1b[3t\x1b[8;10;10t\x1b[9;1t\x1b]52;c;?\x07", ""),
    ] {
        let mut screen = screen();
        for byte in query.as_bytes() {
            screen.feed(&[*byte]);
        }
        assert_eq!(replies(&mut screen), answer, "{query:?}");
        assert_eq!(replies(&mut screen), "");
        assert_eq!(screen.size(), Size::clamped(200, 50));
    }
}

#[test]
fn the_clipboard_can_be_written_up_to_a_mebibyte() {
    let mut screen = screen();
    screen.feed(b"\x1b]52;c;aGVsbG8=\x07\x1b]52;;d29ybGQ=\x1b\\");
    assert_eq!(screen.take_events(), [Event::Clipboard("world".into())]);
    // Four characters encode three bytes: the second text is 2 bytes above the limit.
    for (quartets, events) in [(349_525, 1), (349_526, 0), (2_000_000, 0)] {
        screen.feed(b"\x1b]52;c;");
        (0..quartets).for_each(|_| screen.feed(b"QUFB"));
        screen.feed(b"\x07");
        assert_eq!(screen.take_events().len(), events, "{quartets}");
    }
    screen.feed(b"\x1b]52;c;not base64!\x07\x1b]52;p;aGVsbG8=\x07");
    assert_eq!(screen.take_events(), []);
}

#[test]
fn endless_strings_take_no_memory_and_can_be_ended() {
    for start in
        ["\x1b]0;", "\x1b]52;c;", "\x1bP", "\x1bPq", "\x1bP$q", "\x1b_", "\x1b_G", "\x1b^", "\x1bX"]
    {
        for end in ["\x18", "\x1b\\"] {
            let mut screen = screen();
            screen.feed(start.as_bytes());
            let chunk = vec![b'A'; FEED];
            (0..64).for_each(|_| screen.feed(&chunk));
            screen.feed(end.as_bytes());
            screen.feed(b"alive");
            assert_eq!(rows(&mut screen)[0], "alive", "{start:?}");
            assert_eq!(screen.take_events(), [], "{start:?}");
            assert_eq!(screen.title(), "", "{start:?}");
        }
    }
}

#[test]
fn repeated_and_huge_work_is_bounded() {
    let repeats = |piece: &str| piece.repeat(FEED / piece.len() + 1).into_bytes();
    let marks = |count: usize| "\u{301}".repeat(count);
    let mut all: Vec<(&str, Vec<u8>)> = [
        "\x1b[2147483647b",
        "e\u{301}\x1b[48000b",
        "漢\x1b[65535b",
        "x\x1b[?2027h👨\u{200d}\x1b[65535b",
        "\x1b#8",
        "\x1b[2J",
        "x\x1b[2J",
        "\x1b[65535S",
        "\x1b[65535T",
        "\x1b[65535L",
        "\x1b[65535M",
        "\x1b[2;50r\n\x1b[50H\n",
        "\x1b[2;50r\x1b[50H\x1bD",
        "\x1b[2;1H\x1bM",
        "\x1b[3g\x1b[65535I\x1b[65535Z",
        "\x1b[3g\r\t",
        "\x1b[65535@",
        "\x1b[65535P",
        "\x1b[4hx",
        "\x1b[?1049h\x1b[?1049l",
        "\x1bc",
        "\x1b[!p",
        "\x1b[?3h",
        "\x1b[3J",
        "\x1b[41m\n",
        "\x1b[22t",
        "\x1b]0;title\x07\x1b[22;0t",
        "\x1b[6n",
        "\x1b]4;1;?\x07",
        "\x1b]8;;https://example.org\x07x",
        "a\u{301}b\u{302}",
        "\u{7}",
        "\x1b[65535;65535H\x1b[65535X",
    ]
    .map(|piece| (piece, repeats(piece)))
    .to_vec();
    all.push(("many parameters", format!("\x1b[{}m", "1;".repeat(FEED / 2)).into_bytes()));
    all.push(("one cell full of marks", format!("e{}", marks(FEED / 2)).into_bytes()));
    all.push((
        "alternating marks",
        format!("e{}", format!("{}\x1b[C\x1b[D", marks(4)).repeat(4000)).into_bytes(),
    ));
    let distinct = (0u32..9000).filter_map(|at| {
        let marks = [at % 100, at / 100].map(|mark| char::from_u32(0x300 + mark));
        Some(format!("e{}{}", marks[0]?, marks[1]?))
    });
    all.push(("distinct marks", distinct.collect::<String>().into_bytes()));
    let links = (0..3000).map(|at| format!("\x1b]8;;http://a/{at}\x07x"));
    all.push(("distinct links", links.collect::<String>().into_bytes()));
    for (name, bytes) in &all {
        let mut screen = screen();
        for chunk in bytes.chunks(FEED).cycle().take(4) {
            let start = cpu_time();
            screen.feed(chunk);
            let took = cpu_time() - start;
            // A release build takes 50 ms; unbounded work would take minutes.
            assert!(took < Duration::from_secs(1), "{name:?} took {took:?}");
        }
        screen.take_events();
        screen.feed(b"\x18\x1bc\x1b[Halive");
        assert_eq!(rows(&mut screen)[0], "alive", "{name:?}");
    }
}

#[test]
fn malformed_text_stays_within_its_cells() {
    for (bytes, first) in [
        (b"\xc0\xafx".as_slice(), "\u{fffd}\u{fffd}x"),
        (b"\xed\xa0\x80x", "\u{fffd}"),
        (b"\xf5\x80x", "\u{fffd}"),
        (b"\x84\x9bx", "x"),
        ("\u{85}\u{9b}31mx".as_bytes(), "31mx"),
        (b"\xe6\xbc\xa2\x9cx", "漢x"),
        ("\u{202e}abc".as_bytes(), "abc"),
        ("\u{301}abc".as_bytes(), ""),
    ] {
        let mut screen = screen();
        bytes.iter().for_each(|byte| screen.feed(&[*byte]));
        let row = rows(&mut screen)[0].clone();
        let visible: String = row.chars().filter(|c| *c != '\u{202e}').collect();
        assert!(visible.starts_with(first), "{bytes:x?}: {row:?}");
        assert!(!row.chars().any(char::is_control), "{bytes:x?}: {row:?}");
    }
    let mut screen = screen();
    screen.feed(format!("{}漢", "x".repeat(199)).as_bytes());
    let rows = rows(&mut screen);
    assert_eq!((rows[0].trim_end().len(), rows[1].as_str()), (199, "漢"));
}

#[test]
fn titles_are_plain_text_of_limited_length() {
    let mut screen = screen();
    screen.feed("\x1b]0;a\u{202e}b\u{85}c\u{2066}d\x07".as_bytes());
    assert_eq!(screen.title(), "abcd");
    screen.feed(format!("\x1b]2;{}\x07", "x".repeat(60_000)).as_bytes());
    assert_eq!(screen.title().len(), 1024);
    screen.feed(b"\x1b[22t\x1b]2;other;title\x07");
    assert_eq!(screen.title(), "other;title");
    screen.feed(b"\x1b[23t");
    assert_eq!(screen.title().len(), 1024);
}

#[test]
fn leftover_modes_are_reported_and_reset() {
    use protocol::modes::{
        ALTERNATE_SCREEN, ALTERNATE_SCROLL, BRACKETED_PASTE, KITTY, MOUSE_MOTION,
    };
    let mut screen = screen();
    assert_eq!(screen.modes(), ALTERNATE_SCROLL);
    screen.feed(b"\x1b[?1049h\x1b[?1003h\x1b[?25l\x1b[?2004h\x1b[>31u");
    assert_eq!(
        screen.modes(),
        ALTERNATE_SCREEN | ALTERNATE_SCROLL | MOUSE_MOTION | BRACKETED_PASTE | KITTY
    );
    screen.feed(b"\x1bc");
    assert_eq!(screen.modes(), ALTERNATE_SCROLL);
}

#[test]
fn endless_links_take_limited_memory_and_frames() {
    use prost::Message;
    let mut screen = screen();
    let mut mirror = Mirror::default();
    let mut position = None;
    let mut fed = 0;
    let mut at = 0;
    let filler = "p".repeat(1900);
    while fed < 20 * 1024 * 1024 {
        let mut chunk = String::new();
        while chunk.len() < FEED {
            chunk += &format!("\x1b]8;;https://example.org/{at}/{filler}\x07x\x1b]8;;\x07");
            at += 1;
        }
        screen.feed(chunk.as_bytes());
        fed += chunk.len();
        screen.sync();
        if let Some(frame) = screen.frame_since(position.as_ref()) {
            assert!(frame.encoded_len() < 2 * 1024 * 1024, "{}", frame.encoded_len());
            assert_eq!(mirror.apply(&frame).err(), None);
            position = mirror.position();
        }
    }
    let whole = screen.frame_since(None).unwrap();
    assert!(whole.encoded_len() < 2 * 1024 * 1024, "{}", whole.encoded_len());
    assert!(screen.bytes_buffered() < 8 * 1024 * 1024, "{}", screen.bytes_buffered());
    // New links work again after the old ones are gone.
    screen.feed(b"\x1bc\x1b]8;;https://example.org/last\x07x\x1b]8;;\x07");
    screen.sync();
    let whole = screen.frame_since(None).unwrap();
    assert!(whole.styles.iter().any(|style| style.link.ends_with("/last")));
}
