//! Bytes that the server sends for a typed character, WebSocket headers included.

use std::time::Duration;

use anyhow::Result;

use super::Context;
use crate::{
    report::Figure,
    stats::{mean, median, worst},
    terminal::Terminal,
    websh::Websh,
};

/// Pause that is longer than an acknowledgement waits for a frame.
const GAP: Duration = Duration::from_millis(100);

pub fn measure(context: &Context) -> Result<Vec<Figure>> {
    let mut websh = Websh::start(&context.programs)?;
    let mut viewer = websh.open_and_drive()?;
    viewer.settle(GAP)?;
    let mut bytes = Vec::new();
    for _ in 0..context.count(5, 1) {
        for key in ('a'..='z').cycle().take(64) {
            let before = viewer.bytes();
            viewer.echo(key)?;
            viewer.settle(GAP)?;
            bytes.push((viewer.bytes() - before) as f64);
        }
        viewer.type_text("\u{15}")?;
        viewer.settle(GAP)?;
    }
    let what = "a typed character on the wire, down";
    let beside = format!("B: median {}, worst {}", median(&bytes), worst(&bytes));
    Ok(vec![Figure::new(what, mean(&bytes), "B", 24.0, Some(16.0)).beside(beside)])
}
