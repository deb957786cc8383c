//! `rate`: how fast a screen takes kinds of output, captures and answers, on this machine.
#![expect(clippy::print_stdout, reason = "the result is what it is run for")]

use std::{fmt::Write, time::Instant};

use protocol::mirror::Mirror;
use screen::{Screen, Size};

const BYTES: usize = 16 * 1024 * 1024;

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
        ("colours", repeated(|at| cells(at, "x") + "\r\n")),
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
            let start = Instant::now();
            bytes.chunks(64 * 1024).for_each(|chunk| screen.feed(chunk));
            let fed = start.elapsed().as_secs_f64();
            let start = Instant::now();
            screen.sync();
            let sync = start.elapsed().as_secs_f64();
            let start = Instant::now();
            let frame = screen.frame_since(None);
            let framed = start.elapsed().as_secs_f64();
            let mut mirror = Mirror::default();
            if let Some(frame) = &frame {
                let _ = mirror.apply(frame);
            }
            let start = Instant::now();
            screen.compact();
            println!(
                "{columns}x{rows} {name:12} {:6.0} MB/s, capture {:4.0} us, frame {:4.0} us, compaction {:5.1} ms, {:5} KB kept",
                bytes.len() as f64 / 1e6 / fed,
                sync * 1e6,
                framed * 1e6,
                start.elapsed().as_secs_f64() * 1e3,
                screen.bytes_buffered() / 1024,
            );
        }
    }
}
