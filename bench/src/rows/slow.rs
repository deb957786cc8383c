//! A viewer on a line of 1 MB/s: time from Ctrl-C in `yes` to the prompt on its screen.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::Context;
use crate::{
    bridge::Bridge,
    raw::Raw,
    report::Figure,
    stats::{median, worst},
    terminal::Terminal,
    websh::{Websh, at_prompt, plain_shell},
};

const RATE: f64 = 1e6;

const CONTROL: u32 = 4;

pub fn measure(context: &Context) -> Result<Vec<Figure>> {
    let flooding = Duration::from_secs(context.count(3, 1).into());
    let mut websh = Websh::start(&context.programs)?;
    let session = websh.open()?;
    let mut viewer = websh.drive_slowly(&session, Some(RATE))?;
    let mut times = Vec::new();
    for _ in 0..context.count(15, 2) {
        viewer.type_text("clear; yes\r")?;
        viewer.settle(flooding)?;
        let start = Instant::now();
        viewer.key("c", CONTROL)?;
        times.push(viewer.until(at_prompt)?.duration_since(start).as_secs_f64() * 1e3);
        viewer.settle(Duration::from_millis(200))?;
    }
    let bridge = of_the_bridge(flooding)?;
    let what = "Ctrl-C in `yes` to the prompt, viewer at 1 MB/s";
    Ok(vec![Figure::new(what, median(&times), "ms", 100.0, Some(30.0)).beside(format!(
        "ms: median {:.1}, worst {:.1}; bridge {bridge:.0}",
        median(&times),
        worst(&times)
    ))])
}

fn of_the_bridge(flooding: Duration) -> Result<f64> {
    let directory = tempfile::tempdir()?;
    let bridge = Bridge::start(Some(&plain_shell(&directory)?))?;
    let mut terminal = Raw::bridge(bridge.port, Some(RATE))?;
    terminal.wait_for("bench$")?;
    terminal.type_text("yes\r")?;
    terminal.settle(flooding)?;
    let start = Instant::now();
    terminal.type_text("\u{3}")?;
    Ok(terminal.wait_for("bench$")?.duration_since(start).as_secs_f64() * 1e3)
}
