//! Reattaching to a 200×50 screen in colour: time from the open socket to the whole screen, and its
//! bytes. The screen must equal that of a viewer that stayed, cell by cell.

use std::{fmt::Write as _, fs, time::Duration};

use anyhow::{Result, ensure};
use protocol::{api::AttachMode, mirror::Mirror};

use super::Context;
use crate::{
    report::Figure,
    stats::{median, worst},
    terminal::Terminal,
    viewer::Viewer,
    websh::{Websh, at_prompt},
};

const SIZE: (u32, u32) = (200, 50);

pub fn measure(context: &Context) -> Result<Vec<Figure>> {
    let mut websh = Websh::start(&context.programs)?;
    let source = of_screen(context, &mut websh, &source_code())?;
    let dense = of_screen(context, &mut websh, &dense())?;
    let what = "reattach: socket open to the whole 200×50 screen";
    let open = &source.open_to_screen;
    Ok(vec![
        Figure::new(what, median(open), "ms", 10.0, Some(3.0)).beside(format!(
            "ms: worst {:.2}; from the start of connecting, median {:.2}; a screen with a colour change every 8 cells {:.2}",
            worst(open),
            median(&source.connect_to_screen),
            median(&dense.open_to_screen),
        )),
        Figure::new("  bytes for it", worst(&source.bytes), "KB", 10.0, Some(6.0)).beside(format!(
            "KB: the screen with a colour change every 8 cells, all 10,000 cells written {:.1}",
            worst(&dense.bytes)
        )),
    ])
}

#[derive(Default)]
struct Reattached {
    open_to_screen: Vec<f64>,
    connect_to_screen: Vec<f64>,
    bytes: Vec<f64>,
}

fn of_screen(context: &Context, websh: &mut Websh, content: &str) -> Result<Reattached> {
    let path = websh.directory().join("screen");
    fs::write(&path, content)?;
    let session = websh.open()?;
    let mut viewer = websh.drive(&session)?;
    viewer.resize(SIZE.0, SIZE.1)?;
    viewer.until(|mirror| (mirror.columns, mirror.lines.len()) == (200, 50))?;
    viewer.type_text(&format!("clear; cat {}\r", path.display()))?;
    viewer.until(|mirror| mirror.cursor.row == SIZE.1 - 1 && at_prompt(mirror))?;
    viewer.settle(Duration::from_millis(500))?;
    let stayed = viewer.mirror().clone();
    for (line, written) in stayed.lines.iter().zip(content.lines().map(plain)) {
        let shown: String = protocol::line::cells(line).map(|cell| cell.text).collect();
        ensure!(shown == written, "the screen shows {shown:?} where {written:?} was written");
    }
    drop(viewer);
    let mut reattached = Reattached::default();
    for _ in 0..context.count(50, 5) {
        let address = websh.address(&session, AttachMode::Drive)?;
        let start = std::time::Instant::now();
        let mut viewer = Viewer::attach(&address, None)?;
        let opened = viewer.opened;
        let arrived = viewer.until(|mirror| !mirror.lines.is_empty())?;
        reattached.bytes.push(viewer.bytes() as f64 / 1000.0);
        reattached.open_to_screen.push(arrived.duration_since(opened).as_secs_f64() * 1e3);
        reattached.connect_to_screen.push(arrived.duration_since(start).as_secs_f64() * 1e3);
        ensure!(same(viewer.mirror(), &stayed), "the screen differs after reattaching");
    }
    Ok(reattached)
}

/// Compares cells, colours, cursor and modes; the numbers of styles may differ.
fn same(one: &Mirror, other: &Mirror) -> bool {
    let cells = |mirror: &Mirror| -> Vec<_> {
        let cells = mirror.lines.iter().flat_map(protocol::line::cells);
        cells.map(|it| (it.text.to_owned(), it.width, mirror.style(it.style))).collect()
    };
    (one.columns, one.lines.len()) == (other.columns, other.lines.len())
        && one.cursor == other.cursor
        && one.modes == other.modes
        && cells(one) == cells(other)
}

/// 49 rows of highlighted source code: 10 colours, about 80 cells and 9 changes of colour per row.
fn source_code() -> String {
    let words = [
        (35, "pub fn"),
        (34, "frame_since"),
        (0, "(&mut self, "),
        (33, "position"),
        (0, ": "),
        (36, "Option<&Position>"),
        (0, ") -> "),
        (36, "Result<Frame, Error>"),
        (0, " { "),
        (35, "let mut"),
        (0, " rows = self.rows."),
        (34, "iter"),
        (0, "()."),
        (34, "filter"),
        (0, "(|row| row.revision > "),
        (32, "\"literal text\""),
        (31, "1_048_576"),
        (90, "// a remark about it"),
    ];
    let mut text = String::new();
    let mut word = 0;
    for row in 0..49 {
        let indent = [0, 4, 8, 12, 8, 4][row % 6];
        let _ = write!(text, "{:indent$}", "");
        for _ in 0..9 {
            // Steps through the words so that no two rows are equal.
            word = (word * 5 + row + 7) % words.len();
            let (colour, part) = words.get(word).copied().unwrap_or_default();
            let _ = write!(text, "\u{1b}[{colour}m{part}\u{1b}[0m");
        }
        let _ = writeln!(text, "{row}");
    }
    text
}

/// 49 full rows: 8 cells of text in each of 25 colours of the palette and in 24-bit ones.
fn dense() -> String {
    let mut text = String::new();
    for row in 0..49_u32 {
        for part in 0..25_u32 {
            let mark = row * 7919 + part * 104_729;
            if part % 2 == 0 {
                let _ = write!(text, "\u{1b}[38;5;{}m{mark:08x}", 16 + (row + part * 8) % 216);
            } else {
                let (r, g, b) = (part * 10, row * 5, 128);
                let _ = write!(text, "\u{1b}[38;2;{r};{g};{b}m{mark:08x}");
            }
        }
        text.push_str("\u{1b}[0m\r\n");
    }
    text
}

/// Removes the colours of a line.
fn plain(line: &str) -> String {
    let mut parts = line.trim_end().split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}
