//! 49 viewers beside the owner, one of which never reads: the effect on the owner's echo, the eviction of
//! that viewer, and the memory in use until then.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, anyhow, ensure};
use protocol::api::AttachMode;

use super::Context;
use crate::{
    proc,
    report::Figure,
    stats::{median, spread, worst},
    terminal::{GAP, Terminal, echo_block, start_cat},
    viewer::Viewer,
    websh::Websh,
};

/// Viewers that read; one more never does.
const READERS: u64 = 48;

/// Deadline for the eviction of the viewer that never reads, which is due after 30 s.
const DEADLINE: Duration = Duration::from_secs(60);

const TOO_SLOW: u16 = 4413;

pub fn measure(context: &Context) -> Result<Vec<Figure>> {
    let mut websh = Websh::start(&context.programs)?;
    let mut alone = websh.open_and_drive()?;
    let session = websh.open()?;
    let mut owner = websh.drive(&session)?;
    start_cat(&mut alone)?;
    start_cat(&mut owner)?;
    let watch = || Viewer::attach(&websh.address(&session, AttachMode::Watch)?, None);
    let readers = (0..READERS).map(|_| watch()).collect::<Result<Vec<_>>>()?;
    let clients = || {
        let report = websh.call("GET", &format!("/sessions/{session}"), None)?;
        anyhow::Ok(report["clients"].as_u64().unwrap_or_default())
    };
    let mut stuck = watch()?;
    let begun = Instant::now();
    let process = websh.session_process(&session)?;
    while clients()? < READERS + 2 {
        ensure!(begun.elapsed() < DEADLINE, "the list does not count all viewers");
        alone.settle(GAP)?;
    }
    let held = || anyhow::Ok([proc::pss_kib(process)?, proc::pss_kib(websh.web())?]);

    let stop = AtomicBool::new(false);
    let (mut one, mut many, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    let cut = thread::scope(|scope| {
        let reading: Vec<_> =
            readers.into_iter().map(|viewer| scope.spawn(|| read(viewer, &stop))).collect();
        let mut blocks = || -> Result<Duration> {
            while clients()? == READERS + 2 {
                ensure!(begun.elapsed() < DEADLINE, "the viewer that never reads was not evicted");
                echo_block(&mut alone, &mut one)?;
                echo_block(&mut owner, &mut many)?;
                memory.push(held()?);
            }
            Ok(begun.elapsed())
        };
        let cut = blocks();
        stop.store(true, Ordering::Relaxed);
        for reader in reading {
            reader.join().map_err(|_| anyhow!("the thread of a reader panicked"))??;
        }
        cut
    })?;
    let code = stuck.close_code()?;
    ensure!(code == Some(TOO_SLOW), "the viewer that never reads was closed with {code:?}");
    let grown = |which: usize| {
        let kib: Vec<f64> = memory.iter().map(|at| at[which]).collect();
        (worst(&kib) - kib.first().copied().unwrap_or_default()) * 1.024 / 1000.0
    };
    let echo = "owner's echo p50, 49 watch, against alone";
    let closed = "  a viewer that never reads is closed 4413 after";
    Ok(vec![
        Figure::new(echo, median(&many) / median(&one), "×", 1.2, None).beside(format!(
            "µs: alone {}; watched {}",
            spread(&one),
            spread(&many)
        )),
        Figure::new(closed, cut.as_secs_f64(), "s", 35.0, None),
        Figure::new("  PSS of the session process, more at most", grown(0), "MB", 1.0, None),
        Figure::new("  PSS of the web process, more at most", grown(1), "MB", 2.0, None),
    ])
}

/// Reads until everything is measured.
fn read(mut viewer: Viewer, stop: &AtomicBool) -> Result<()> {
    while !stop.load(Ordering::Relaxed) {
        viewer.step().context("a reader")?;
    }
    Ok(())
}
