//! The VT engine under random escape sequences and resizes: no panic and no slow feed. Runs the torture
//! example of the screen crate, in release mode and in a separate process.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::Context;
use crate::report::Figure;

pub fn measure(context: &Context) -> Result<Vec<Figure>> {
    let bytes = if context.quick { 10_000_000 } else { context.engine_bytes };
    let output = Command::new("cargo")
        .args("run --locked --quiet --release -p screen --example torture --".split(' '))
        .args([bytes.to_string(), "1".to_string()])
        .output()
        .context("cargo failed to start")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    let last = text.lines().last().unwrap_or_default();
    ensure!(output.status.success(), "it ended with {}: {last} {}", output.status, errors.trim());
    let result: Value = serde_json::from_str(last)?;
    let number = |key: &str| result[key].as_f64().with_context(|| format!("{key} is missing"));
    let what = format!("engine: slowest feed in {} MB of random escapes", bytes / 1_000_000);
    Ok(vec![Figure::new(&what, number("slowest_feed_ms")?, "ms", 50.0, None).beside(format!(
        "{} panics; {} MB/s; slowest sync {} ms",
        number("panics")?,
        number("megabytes_per_second")?,
        number("slowest_sync_ms")?
    ))])
}
