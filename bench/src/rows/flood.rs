//! `seq 1 3000000` with a viewer, compared to a discarding reader: time, CPU of all websh processes,
//! bytes to the viewer. The two alternate.

use std::time::Duration;

use anyhow::Result;

use super::Context;
use crate::{
    bridge::Bridge,
    discard,
    peers::Tmux,
    proc,
    raw::Raw,
    report::Figure,
    stats::{median, worst},
    terminal::{Terminal, run},
    websh::{Websh, plain_shell},
};

/// Command that writes 25.9 MB to the terminal.
pub const FLOOD: &str = "seq 1 3000000";

pub fn measure(context: &Context) -> Result<Vec<Figure>> {
    let mut websh = Websh::start(&context.programs)?;
    let mut viewer = websh.open_and_drive()?;
    let processes = websh.processes()?;
    let (mut limit, mut ours, mut cpu, mut cpu_at_end, mut bytes) =
        (vec![], vec![], vec![], vec![], vec![]);
    for turn in 0..context.count(9, 2) {
        limit.push(discard::time(FLOOD)?.as_secs_f64());
        let (cpu_before, bytes_before) = (proc::cpu_of_all(&processes)?, viewer.bytes());
        ours.push(run(&mut viewer, FLOOD, &format!("DONE{turn}X"))?.as_secs_f64());
        cpu_at_end.push((proc::cpu_of_all(&processes)? - cpu_before).as_secs_f64());
        // The work after the flood is part of its cost.
        viewer.settle(Duration::from_secs(3))?;
        cpu.push((proc::cpu_of_all(&processes)? - cpu_before).as_secs_f64());
        bytes.push((viewer.bytes() - bytes_before) as f64 / 1000.0);
    }
    let (time, limit_time) = (median(&ours), median(&limit));
    let what = "seq 1 3000000 with a viewer, against a discarding reader";
    let mut ratio = Figure::new(what, time / limit_time, "×", 1.4, Some(1.2)).beside(format!(
        "s: websh {time:.2}, worst {:.2}; discarding reader {limit_time:.2}, worst {:.2}; frames at the end {}",
        worst(&ours),
        worst(&limit),
        viewer.frames,
    ));
    ratio.beside.extend(peers(context)?);
    let at_end = format!("until the last line shows: {:.3}", median(&cpu_at_end));
    Ok(vec![
        ratio,
        Figure::new("  CPU of all websh processes for it", median(&cpu), "s", 0.45, Some(0.25))
            .beside(at_end),
        Figure::new("  bytes to the viewer for it", worst(&bytes), "KB", 150.0, Some(50.0)),
    ])
}

fn peers(context: &Context) -> Result<Vec<String>> {
    let directory = tempfile::tempdir()?;
    let shell = plain_shell(&directory)?;
    let mut lines = Vec::new();
    let bridge = Bridge::start(Some(&shell))?;
    let mut terminal = Raw::bridge(bridge.port, None)?;
    terminal.wait_for("bench$")?;
    lines.push(flooded(context, "bridge", &mut terminal, &[bridge.process()])?);
    if let Some(mut tmux) = Tmux::start(directory.path(), &shell).transpose()? {
        let processes = tmux.processes();
        if let Some(mut client) = tmux.client.take() {
            lines.push(flooded(context, "tmux in a PTY", &mut client, &processes)?);
        }
    }
    Ok(lines)
}

fn flooded(context: &Context, name: &str, terminal: &mut Raw, processes: &[u32]) -> Result<String> {
    let (mut times, mut cpu) = (vec![], vec![]);
    let bytes = terminal.bytes();
    let turns = context.count(3, 1);
    for turn in 0..turns {
        let before = proc::cpu_of_all(processes)?;
        times.push(run(terminal, FLOOD, &format!("DONE{turn}X"))?.as_secs_f64());
        cpu.push((proc::cpu_of_all(processes)? - before).as_secs_f64());
    }
    let bytes = (terminal.bytes() - bytes) / u64::from(turns) / 1000;
    let (time, cpu) = (median(&times), median(&cpu));
    Ok(format!("{name}: {time:.2} s, {cpu:.3} CPU-s, {bytes} KB"))
}
