//! How soon the list of all sessions is answered with 500 of them, and that one whose process is stuck
//! holds nobody up.

use std::time::Instant;

use anyhow::{Result, ensure};
use nix::sys::signal::Signal;

use super::Context;
use crate::{
    proc,
    report::Figure,
    stats::{quantile, spread},
    websh::Websh,
};

/// Answers that are timed.
const TIMES: usize = 100;

/// The row.
pub fn measure(context: &Context) -> Result<Vec<Figure>> {
    let count = context.count(500, 30);
    let mut websh = Websh::start(&context.programs)?;
    let sessions = (0..count).map(|_| websh.open()).collect::<Result<Vec<_>>>()?;
    let mut figures = Vec::new();
    let all = timed(&websh, "/admin/sessions?limit=500", count)?;
    figures.push(figure(&format!("list of all {count} sessions"), &all));
    let mine = timed(&websh, "/sessions?limit=100", count.min(100))?;
    figures.push(figure("  the first 100 of one's own", &mine));
    if let Some(stuck) = sessions.first() {
        let process = websh.session_process(stuck)?;
        proc::signal(process, Signal::SIGSTOP);
        let beside = timed(&websh, "/admin/sessions?limit=500", count);
        proc::signal(process, Signal::SIGCONT);
        figures.push(figure("  one of their processes stopped (SIGSTOP)", &beside?));
    }
    Ok(figures)
}

fn figure(what: &str, milliseconds: &[f64]) -> Figure {
    Figure::new(what, quantile(milliseconds, 0.95), "ms", 50.0, None)
        .beside(format!("p95 of {TIMES} answers; {}", spread(milliseconds)))
}

/// Milliseconds that each answer took, with as many sessions in it as expected.
fn timed(websh: &Websh, path: &str, items: u32) -> Result<Vec<f64>> {
    (0..TIMES)
        .map(|_| {
            let begun = Instant::now();
            let list = websh.call("GET", path, None)?;
            let took = begun.elapsed().as_secs_f64() * 1000.0;
            let found = list["items"].as_array().map_or(0, Vec::len);
            ensure!(usize::try_from(items)? == found, "{path} lists {found} of {items} sessions");
            Ok(took)
        })
        .collect()
}
