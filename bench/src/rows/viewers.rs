//! CPU of all websh processes with fifty viewers of a flood, compared to one viewer.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow};
use protocol::api::AttachMode;

use super::{Context, flood::FLOOD};
use crate::{
    proc,
    report::Figure,
    stats::median,
    terminal::{Terminal, run},
    viewer::Viewer,
    websh::Websh,
};

/// Number of viewers, the driver included.
const CROWD: usize = 50;

pub fn measure(context: &Context) -> Result<Vec<Figure>> {
    let mut websh = Websh::start(&context.programs)?;
    let (mut one, mut many) = (Vec::new(), Vec::new());
    let (mut one_time, mut many_time) = (Vec::new(), Vec::new());
    let mut many_web = Vec::new();
    for _ in 0..context.count(5, 1) {
        for (viewers, cpu, time) in
            [(1, &mut one, &mut one_time), (CROWD, &mut many, &mut many_time)]
        {
            let cost = flooded(&mut websh, viewers)?;
            cpu.push((cost.web + cost.session).as_secs_f64());
            time.push(cost.took.as_secs_f64());
            if viewers == CROWD {
                many_web.push(cost.web.as_secs_f64());
            }
        }
    }
    let ratio = median(&many) / median(&one);
    let beside = format!(
        "CPU-s: one {:.3}, {CROWD} {:.3} (web process {:.3}); s until all viewers showed the end: one {:.2}, {CROWD} {:.2}",
        median(&one),
        median(&many),
        median(&many_web),
        median(&one_time),
        median(&many_time)
    );
    Ok(vec![
        Figure::new("50 viewers on one flood, CPU against one viewer", ratio, "×", 2.0, Some(1.3))
            .beside(beside),
    ])
}

/// CPU time of the web process and of the session process, and time that passed.
struct Cost {
    web: Duration,
    session: Duration,
    took: Duration,
}

/// Measures a flood with `viewers` viewers in a new session.
fn flooded(websh: &mut Websh, viewers: usize) -> Result<Cost> {
    let session = websh.open()?;
    let mut driver = websh.drive(&session)?;
    let watchers: Vec<Viewer> = (1..viewers)
        .map(|_| {
            let mut viewer = Viewer::attach(&websh.address(&session, AttachMode::Watch)?, None)?;
            viewer.wait_for("bench$")?;
            Ok(viewer)
        })
        .collect::<Result<_>>()?;
    driver.settle(Duration::from_secs(1))?;
    let process = websh.session_process(&session)?;
    let before = (proc::cpu(websh.web())?, proc::cpu(process)?);
    let give_up = AtomicBool::new(false);
    let took = thread::scope(|scope| {
        let watching: Vec<_> =
            watchers.into_iter().map(|viewer| scope.spawn(|| watch(viewer, &give_up))).collect();
        let took = run(&mut driver, FLOOD, "DONE1X");
        give_up.store(took.is_err(), Ordering::Relaxed);
        for watcher in watching {
            watcher.join().map_err(|_| anyhow!("the thread of a watcher panicked"))??;
        }
        took
    })?;
    let web = proc::cpu(websh.web())? - before.0;
    let session_cpu = proc::cpu(process)? - before.1;
    drop(driver);
    websh.close(&session)?;
    Ok(Cost { web, session: session_cpu, took })
}

fn watch(mut viewer: Viewer, give_up: &AtomicBool) -> Result<()> {
    while !viewer.text().iter().any(|row| row.contains("DONE1X")) {
        if give_up.load(Ordering::Relaxed) {
            return Ok(());
        }
        viewer.step().context("a watcher")?;
    }
    Ok(())
}
