//! Control functions that this crate adds to the emulator or changes: rows and cursor match xterm.

use protocol::{line::cells, mirror::Mirror};
use screen::{Screen, Size};

fn shown(bytes: &str) -> (Vec<String>, (u32, u32)) {
    let mut screen = Screen::new(Size::clamped(10, 5), 100);
    bytes.bytes().for_each(|byte| screen.feed(&[byte]));
    screen.sync();
    let mut mirror = Mirror::default();
    if let Some(frame) = screen.frame_since(None) {
        assert_eq!(mirror.apply(&frame).err(), None);
    }
    let rows = mirror.lines.iter().map(|line| cells(line).map(|cell| cell.text).collect());
    (rows.collect(), (mirror.cursor.row, mirror.cursor.column))
}

#[test]
fn functions_match_xterm() {
    for (name, bytes, rows, cursor) in [
        (
            "DECSTR keeps text and position",
            "ab\x1b[?6h\x1b[2;4r\x1b[4h\x1b[31m\x1b[3;1Hcd\x1b[!pX\x1b[4;1HY",
            ["ab", "", "", "YdX", ""],
            (3, 1),
        ),
        (
            "DECSTR resets the margins",
            "\x1b[2;3r\x1b[!p\x1b[5;1Hx\n",
            ["", "", "", "x", ""],
            (4, 1),
        ),
        ("REP", "ab\x1b[3b", ["abbbb", "", "", "", ""], (0, 5)),
        ("REP repeats at most a row", "a\x1b[9999b", ["aaaaaaaaaa", "a", "", "", ""], (1, 1)),
        ("LNM", "\x1b[20hab\ncd", ["ab", "cd", "", "", ""], (1, 2)),
        ("no LNM", "ab\ncd", ["ab", "  cd", "", "", ""], (1, 4)),
        ("DECOM goes home", "\x1b[2;4r\x1b[3;3H\x1b[?6hx\x1b[?6ly", ["y", "x", "", "", ""], (0, 1)),
        ("CUU stops at the margin", "\x1b[2;4r\x1b[3;1H\x1b[9Ax", ["", "x", "", "", ""], (1, 1)),
        ("CUD stops at the margin", "\x1b[2;4r\x1b[3;1H\x1b[9Bx", ["", "", "", "x", ""], (3, 1)),
        ("CUU above the margin", "\x1b[3;4r\x1b[2;1H\x1b[9Ax", ["x", "", "", "", ""], (0, 1)),
        (
            "CHA in origin mode",
            "\x1b[2;4r\x1b[?6h\x1b[2;1H\x1b[5Gx",
            ["", "", "    x", "", ""],
            (2, 5),
        ),
        (
            "DECALN goes home",
            "\x1b[3;3H\x1b#8x",
            ["xEEEEEEEEE", "EEEEEEEEEE", "EEEEEEEEEE", "EEEEEEEEEE", "EEEEEEEEEE"],
            (0, 1),
        ),
        ("47 shows the other screen", "ab\x1b[?47hcd\x1b[?47l", ["ab", "", "", "", ""], (0, 2)),
        ("1047 too", "ab\x1b[?1047h\x1b[Hcd", ["cd", "", "", "", ""], (0, 2)),
        (
            "1048 saves the cursor",
            "\x1b[2;3H\x1b[?1048h\x1b[H\x1b[?1048lx",
            ["", "  x", "", "", ""],
            (1, 3),
        ),
        ("1049 twice", "ab\x1b[?1049h\x1b[?1049hx\x1b[?1049l", ["ab", "", "", "", ""], (0, 2)),
        ("an unknown set is ASCII", "\x1b(0q\x1b(Kq", ["─q", "", "", "", ""], (0, 2)),
        (
            "OSC between two letters",
            "a\x1b]777;x\x07b\x1b]0;t\x1b\\c",
            ["abc", "", "", "", ""],
            (0, 3),
        ),
        ("tabs", "a\tb\x1b[Zc", ["a       c", "", "", "", ""], (0, 9)),
    ] {
        let (shown, at) = shown(bytes);
        assert_eq!((shown, at), (rows.map(String::from).to_vec(), cursor), "{name}");
    }
}

#[test]
fn clusters_form_only_in_mode_2027() {
    let family = "👨\u{200d}👩\u{200d}👧";
    assert_eq!(shown(family).1, (0, 6));
    assert_eq!(shown(&format!("\x1b[?2027h{family}")).1, (0, 2));
    assert_eq!(shown(&format!("\x1b[?2027h{family}")).0[0], family);
}

#[test]
fn a_cell_holds_at_most_sixteen_marks() {
    let (rows, cursor) = shown(&format!("e{}x", "\u{301}".repeat(100)));
    assert_eq!((rows[0].chars().count(), cursor), (18, (0, 2)));
}
