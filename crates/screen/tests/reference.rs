//! Recordings of real programs (tests/ref, made by record.py): their final text, and after each chunk the
//! same cells, colours, cursor and modes as alacritty_terminal.
#![expect(clippy::expect_used, reason = "test helpers; clippy exempts only test functions")]

use std::{fs, path::Path};

use alacritty_terminal::{
    Term,
    event::VoidListener,
    index::{Column, Line},
    term::{Config, TermMode, cell::Flags, test::TermSize},
    vte::ansi::{Color as Theirs, Processor},
};
use protocol::{
    line::{Cell, cells},
    mirror::Mirror,
    modes,
    style::{BLINK, BOLD, Color, DIM, HIDDEN, INVERSE, ITALIC, STRIKEOUT, Style, UNDERLINE_SHIFT},
};
use screen::{Screen, Size};

const COLUMNS: usize = 80;
const ROWS: usize = 24;

/// One cell, in a common form for both emulators.
#[derive(Clone, Debug, PartialEq)]
struct CellState {
    text: String,
    width: u32,
    style: Style,
}

struct Oracle {
    term: Term<VoidListener>,
    parser: Processor,
}

impl Oracle {
    fn new() -> Self {
        let config = Config { kitty_keyboard: true, ..Config::default() };
        let term = Term::new(config, &TermSize::new(COLUMNS, ROWS), VoidListener);
        Self { term, parser: Processor::new() }
    }

    fn row(&self, row: usize) -> Vec<CellState> {
        let row = &self.term.grid()[Line(row as i32)];
        let cells = (0..COLUMNS).map(|column| &row[Column(column)]);
        let shown = cells.filter(|cell| !cell.flags.contains(Flags::WIDE_CHAR_SPACER));
        shown
            .map(|cell| {
                let marks = cell.zerowidth().unwrap_or_default().iter();
                let blank = if cell.c == '\t' { ' ' } else { cell.c };
                CellState {
                    text: std::iter::once(&blank).chain(marks).collect(),
                    width: if cell.flags.contains(Flags::WIDE_CHAR) { 2 } else { 1 },
                    style: Style {
                        foreground: color(cell.fg).pack(),
                        background: color(cell.bg).pack(),
                        underline_color: cell.underline_color().map_or(0, |of| color(of).pack()),
                        flags: flags(cell.flags),
                        link: String::new(),
                    },
                }
            })
            .collect()
    }

    fn modes(&self) -> u32 {
        const BITS: [(TermMode, u32); 12] = [
            (TermMode::ALT_SCREEN, modes::ALTERNATE_SCREEN),
            (TermMode::APP_CURSOR, modes::APPLICATION_CURSOR),
            (TermMode::APP_KEYPAD, modes::APPLICATION_KEYPAD),
            (TermMode::BRACKETED_PASTE, modes::BRACKETED_PASTE),
            (TermMode::MOUSE_REPORT_CLICK, modes::MOUSE_CLICK),
            (TermMode::MOUSE_DRAG, modes::MOUSE_DRAG),
            (TermMode::MOUSE_MOTION, modes::MOUSE_MOTION),
            (TermMode::FOCUS_IN_OUT, modes::FOCUS),
            (TermMode::ALTERNATE_SCROLL, modes::ALTERNATE_SCROLL),
            (TermMode::SGR_MOUSE, modes::SGR_MOUSE),
            (TermMode::INSERT, modes::INSERT),
            (TermMode::ORIGIN, modes::ORIGIN),
        ];
        let mode = self.term.mode();
        let set = BITS.iter().filter(|(flag, _)| mode.contains(*flag));
        set.fold(0, |bits, (_, bit)| bits | bit)
    }
}

fn color(color: Theirs) -> Color {
    match color {
        Theirs::Named(named) => u8::try_from(named as usize)
            .ok()
            .filter(|at| *at < 16)
            .map_or(Color::Default, Color::Indexed),
        Theirs::Indexed(index) => Color::Indexed(index),
        Theirs::Spec(rgb) => Color::Rgb(rgb.r, rgb.g, rgb.b),
    }
}

fn flags(flags: Flags) -> u32 {
    let bits = [
        (Flags::BOLD, BOLD),
        (Flags::DIM, DIM),
        (Flags::ITALIC, ITALIC),
        (Flags::INVERSE, INVERSE),
        (Flags::HIDDEN, HIDDEN),
        (Flags::STRIKEOUT, STRIKEOUT),
        (Flags::UNDERLINE, 1 << UNDERLINE_SHIFT),
        (Flags::DOUBLE_UNDERLINE, 2 << UNDERLINE_SHIFT),
        (Flags::UNDERCURL, 3 << UNDERLINE_SHIFT),
        (Flags::DOTTED_UNDERLINE, 4 << UNDERLINE_SHIFT),
        (Flags::DASHED_UNDERLINE, 5 << UNDERLINE_SHIFT),
    ];
    bits.iter().filter(|(flag, _)| flags.contains(*flag)).fold(0, |all, (_, bit)| all | bit)
}

fn ours(mirror: &Mirror, row: usize) -> Vec<CellState> {
    let state = |cell: Cell<'_>| CellState {
        text: cell.text.to_owned(),
        width: cell.width,
        style: {
            let style = mirror.style(cell.style);
            // The oracle does not support blinking.
            Style { flags: style.flags & !BLINK, link: String::new(), ..style }
        },
    };
    let mut states: Vec<_> = cells(&mirror.lines[row]).map(state).collect();
    let width: u32 = states.iter().map(|state| state.width).sum();
    let blank = CellState { text: " ".into(), width: 1, style: Style::default() };
    states.extend((width as usize..COLUMNS).map(|_| blank.clone()));
    states
}

fn compare(name: &str, at: usize, mirror: &Mirror, oracle: &Oracle) {
    for row in 0..ROWS {
        let (ours, theirs) = (ours(mirror, row), oracle.row(row));
        if let Some(column) = (0..COLUMNS).find(|column| ours.get(*column) != theirs.get(*column)) {
            let (ours, theirs) = (ours.get(column), theirs.get(column));
            assert_eq!(ours, theirs, "{name}: byte {at}, row {row}, cell {column}");
        }
    }
    let cursor = oracle.term.grid().cursor.point;
    let shown = oracle.term.mode().contains(TermMode::SHOW_CURSOR);
    assert_eq!(
        (mirror.cursor.column as usize, mirror.cursor.row as i32, mirror.cursor.style > 0),
        (cursor.column.0, cursor.line.0, shown),
        "{name}: byte {at}"
    );
    assert_eq!(mirror.modes, oracle.modes(), "{name}: byte {at}");
}

fn recordings() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new("tests/ref");
    let files = fs::read_dir(folder).expect("tests/ref").map(|entry| entry.expect("entry").path());
    let mut found: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "raw"))
        .map(|path| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            (name, fs::read(path).expect("recording"))
        })
        .collect();
    found.sort();
    found
}

fn text(mirror: &Mirror) -> String {
    mirror.lines.iter().fold(String::new(), |mut text, line| {
        cells(line).for_each(|cell| text.push_str(cell.text));
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
        text
    })
}

#[test]
fn recordings_match_an_independent_emulator() {
    let recordings = recordings();
    assert!(recordings.len() >= 8);
    for (name, bytes) in recordings {
        // Odd sizes split sequences and characters at all positions.
        for size in [97, 1009, 16_384] {
            let mut screen = Screen::new(Size::clamped(COLUMNS as u16, ROWS as u16), 1000);
            let (mut mirror, mut oracle, mut at) = (Mirror::default(), Oracle::new(), 0);
            for chunk in bytes.chunks(size) {
                screen.feed(chunk);
                oracle.parser.advance(&mut oracle.term, chunk);
                screen.sync();
                let position = mirror.position();
                if let Some(frame) = screen.frame_since(position.as_ref()) {
                    mirror.apply(&frame).expect("the frame applies");
                }
                at += chunk.len();
                compare(&name, at, &mirror, &oracle);
            }
        }
    }
}

#[test]
fn recordings_end_with_the_expected_text() {
    for (name, bytes) in recordings() {
        let mut screen = Screen::new(Size::clamped(COLUMNS as u16, ROWS as u16), 1000);
        screen.feed(&bytes);
        screen.sync();
        let mut mirror = Mirror::default();
        mirror.apply(&screen.frame_since(None).expect("a screen")).expect("the frame applies");
        let folder = Path::new("tests/ref");
        let expected = fs::read_to_string(folder.join(format!("{name}.txt"))).expect("text");
        assert_eq!(text(&mirror), expected, "{name}");
    }
}
