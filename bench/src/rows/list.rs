//! Time to answer the list of 500 sessions, time until a page that shows it has the new list after a
//! change, and the effect of a session process that is stopped.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use rustix::process::Signal;
use serde_json::json;

use super::Context;
use crate::{
    proc,
    report::Figure,
    stats::{pause, quantile, spread},
    terminal::LONG,
    websh::Websh,
};

const ANSWERS: usize = 100;

const CHANGES: u32 = 30;

/// Time between changes, longer than that between lists in a busy workspace.
const GAP: Duration = Duration::from_millis(400);

pub fn measure(context: &Context) -> Result<Vec<Figure>> {
    let count = context.count(500, 30);
    let mut websh = Websh::start(&context.programs)?;
    let sessions = (0..count).map(|_| websh.open()).collect::<Result<Vec<_>>>()?;
    let mut figures = Vec::new();
    let all = timed(&websh, "/admin/sessions?limit=500", count)?;
    figures.push(figure(&format!("list of all {count} sessions"), &all));
    let mine = timed(&websh, "/sessions?limit=100", count.min(100))?;
    figures.push(figure("  the first 100 of your own", &mine));
    if let Some(stuck) = sessions.first() {
        figures.push(updated(&websh, stuck, count)?);
        let process = websh.session_process(stuck)?;
        proc::signal(process, Signal::STOP);
        let beside = timed(&websh, "/admin/sessions?limit=500", count);
        proc::signal(process, Signal::CONT);
        figures.push(figure("  one of their processes stopped (SIGSTOP)", &beside?));
    }
    Ok(figures)
}

/// Measures the time from the answer to a rename to the list that shows it, requested after a change event
/// as a page does.
fn updated(websh: &Websh, session: &str, items: u32) -> Result<Figure> {
    let changes = websh.changes()?;
    let mut times = Vec::new();
    for number in 0..CHANGES {
        pause(GAP);
        changes.try_iter().for_each(drop);
        let name = format!("renamed {number}");
        websh.call("PATCH", &format!("/sessions/{session}"), Some(&json!({ "name": name })))?;
        let begun = Instant::now();
        loop {
            changes.recv_timeout(LONG).context("no event for the change")?;
            let list = websh.call("GET", &format!("/admin/sessions?limit={items}"), None)?;
            let items = list["items"].as_array().context("no list")?;
            if items.iter().any(|item| item["name"] == name) {
                break;
            }
        }
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    let what = "  a change, from its answer to the new list";
    Ok(Figure::new(what, quantile(&times, 0.95), "ms", 200.0, None)
        .beside(format!("p95 of {CHANGES} changes; {}", spread(&times))))
}

fn figure(what: &str, milliseconds: &[f64]) -> Figure {
    Figure::new(what, quantile(milliseconds, 0.95), "ms", 50.0, None)
        .beside(format!("p95 of {ANSWERS} answers; {}", spread(milliseconds)))
}

/// Measures answers in milliseconds, and checks that each lists `items` sessions.
fn timed(websh: &Websh, path: &str, items: u32) -> Result<Vec<f64>> {
    (0..ANSWERS)
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
