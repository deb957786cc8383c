//! `torture BYTES SEED [FILE]`: feeds random escape sequences with random resizes and compares the screen
//! with a mirror. Prints the rate, the panics and the slowest feed of 64 KiB, which it writes to FILE.
#![expect(clippy::print_stdout, reason = "prints its result")]

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use anyhow::{Context, ensure};
use protocol::mirror::Mirror;
use rustix::time::{ClockId, clock_gettime};
use screen::{Screen, Size};

#[path = "../tests/support/random.rs"]
mod random;

use random::{CHUNK, Random, fill};

/// CPU time of this thread, which excludes other load on the machine.
fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

static PANICS: AtomicU64 = AtomicU64::new(0);

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |name: &str| -> anyhow::Result<u64> {
        let value =
            arguments.next().with_context(|| format!("usage: torture BYTES SEED ({name})"))?;
        value.parse().with_context(|| format!("{name} is not a number"))
    };
    let (bytes, seed) = (number("BYTES")?, number("SEED")?);
    std::panic::set_hook(Box::new(|info| {
        if PANICS.fetch_add(1, Ordering::Relaxed) < 3 {
            println!("panic: {info}");
        }
    }));
    let mut random = Random(seed | 1);
    let mut screen = Screen::new(Size::clamped(200, 50), 10_000);
    let mut mirror = Mirror::default();
    let (mut fed, mut slowest, mut spent) = (0, Duration::ZERO, Duration::ZERO);
    let (mut slowest_sync, mut slowest_size) = (Duration::ZERO, screen.size());
    let mut chunk = Vec::with_capacity(2 * CHUNK);
    while fed < bytes {
        fill(&mut random, &mut chunk);
        let start = now();
        screen.feed(&chunk);
        let took = now() - start;
        if took > slowest {
            slowest = took;
            slowest_size = screen.size();
            if let Some(path) = std::env::args().nth(3) {
                std::fs::write(path, &chunk)?;
            }
        }
        (fed, spent) = (fed + chunk.len() as u64, spent + took);
        screen.take_events();
        match random.below(8) {
            0 => {
                let wide = random.below(16) == 0;
                let (columns, rows) = (
                    random.below(if wide { 1200 } else { 260 }) as u16,
                    random.below(if wide { 600 } else { 80 }) as u16,
                );
                screen.resize(Size::clamped(columns, rows));
            }
            1 => screen.compact(),
            2 => drop(screen.lines(random.number(), 500)),
            _ => {}
        }
        let start = now();
        screen.sync();
        slowest_sync = slowest_sync.max(now() - start);
        let position = mirror.position();
        if let Some(frame) = screen.frame_since(position.as_ref()) {
            mirror.apply(&frame).context("a frame does not apply to the mirror")?;
        }
        ensure!(mirror.hash() == screen.hash(), "the mirror differs after {fed} bytes");
    }
    let panics = PANICS.load(Ordering::Relaxed);
    println!(
        "{{\"bytes\":{fed},\"megabytes_per_second\":{:.1},\"panics\":{panics},\"slowest_feed_ms\":{:.1},\"at\":\"{}x{}\",\"slowest_sync_ms\":{:.1}}}",
        fed as f64 / 1e6 / spent.as_secs_f64(),
        slowest.as_secs_f64() * 1e3,
        slowest_size.columns,
        slowest_size.rows,
        slowest_sync.as_secs_f64() * 1e3,
    );
    ensure!(panics == 0, "the emulator panicked {panics} times");
    Ok(())
}
