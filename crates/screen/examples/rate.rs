//! `rate`: measures feeding, capturing and framing of different kinds of output on this machine.
#![expect(clippy::print_stdout, reason = "prints its result")]

use std::{fmt::Write, time::Duration};

use protocol::mirror::Mirror;
use rio_vt::{
    ansi::CursorShape,
    crosswords::{Crosswords, CrosswordsSize},
    event::{VoidListener, WindowId},
    performer::handler::Processor,
};
use rustix::time::{ClockId, clock_gettime};
use screen::{Screen, Size};

const BYTES: usize = 16 * 1024 * 1024;

/// CPU time of this thread, which excludes other load on the machine.
fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// Seconds that rio-vt takes without guards.
fn bare(columns: usize, rows: usize, bytes: &[u8]) -> f64 {
    let size = CrosswordsSize::new(columns, rows);
    let window = WindowId::from(0);
    let mut term = Crosswords::new(size, CursorShape::Block, VoidListener, window, 0, 10_000);
    term.set_grapheme_clustering(false);
    let mut processor = Processor::default();
    let start = now();
    bytes.chunks(64 * 1024).for_each(|chunk| processor.advance(&mut term, chunk));
    (now() - start).as_secs_f64()
}

fn repeated(line: impl Fn(usize) -> String) -> Vec<u8> {
    let mut text = String::with_capacity(BYTES + 4096);
    for at in 0.. {
        if text.len() >= BYTES {
            break;
        }
        text.push_str(&line(at));
    }
    text.into_bytes()
}

fn cells(at: usize, glyph: &str) -> String {
    (0..80usize).fold(String::new(), |mut line, column| {
        let color = (at * 7 + column * 3) % 256;
        let _ = write!(line, "\x1b[38;2;{color};{};9m{glyph}", column * 3);
        line
    })
}

fn main() {
    let outputs: [(&str, Vec<u8>); 7] = [
        ("seq", repeated(|at| format!("{}\r\n", at + 1))),
        (
            "log",
            repeated(|at| {
                format!("2026-01-01T00:00:00 INFO request {at:020} served in 200 us, status ok\r\n")
            }),
        ),
        ("colors", repeated(|at| cells(at, "x") + "\r\n")),
        (
            "ls",
            repeated(|at| {
                format!(
                    "drwxr-xr-x 2 user user 4096 Jan  1 00:00 \x1b[01;34mdirectory-{at}\x1b[0m\r\n"
                )
            }),
        ),
        ("unicode", repeated(|_| "漢字とかな Привет мир e\u{301}ćé 🎉🎊 ─────\r\n".repeat(2))),
        (
            "full screen",
            repeated(|at| {
                format!(
                    "\x1b[2;{}r\x1b[{}S\x1b[{};1H\x1b[Ktext \x1b[1;{}H\x1b[2P",
                    20 + at % 20,
                    at % 3,
                    at % 50 + 1,
                    at % 80 + 1
                )
            }),
        ),
        ("y", b"y\r\n".repeat(BYTES / 3)),
    ];
    for (columns, rows) in [(80, 24), (200, 50)] {
        for (name, bytes) in &outputs {
            let mut screen = Screen::new(Size::clamped(columns, rows), 10_000);
            let start = now();
            bytes.chunks(64 * 1024).for_each(|chunk| screen.feed(chunk));
            let fed = (now() - start).as_secs_f64();
            let start = now();
            screen.sync();
            let sync = (now() - start).as_secs_f64();
            let start = now();
            let frame = screen.frame_since(None);
            let framed = (now() - start).as_secs_f64();
            let mut mirror = Mirror::default();
            if let Some(frame) = &frame {
                let _ = mirror.apply(frame);
            }
            let start = now();
            screen.compact();
            let compacted = (now() - start).as_secs_f64();
            println!(
                "{columns}x{rows} {name:12} {:6.0} MB/s ({:4.0} without guards), capture {:4.0} us, frame {:4.0} us, compaction {:5.1} ms, {:5} KB kept",
                bytes.len() as f64 / 1e6 / fed,
                bytes.len() as f64 / 1e6 / bare(columns.into(), rows.into(), bytes),
                sync * 1e6,
                framed * 1e6,
                compacted * 1e3,
                screen.bytes_buffered() / 1024,
            );
        }
    }
}
