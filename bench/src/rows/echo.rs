//! Time from key to frame compared to the bare bridge: alone, and beside a terminal that floods. Both run
//! `cat`, so that the kernel echoes and the time of a shell is not included. Blocks of keys alternate.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::Context;
use crate::{
    bridge::Bridge,
    peers::{Tmux, Ttyd},
    raw::Raw,
    report::Figure,
    stats::{median, spread},
    terminal::{BLOCK, Terminal, echo_block, start_cat},
    websh::{Websh, plain_shell},
};

/// Command of the flooding terminal.
const FLOOD: &str = "clear; seq 1 1000000000\r";

pub fn measure(context: &Context) -> Result<Vec<Figure>> {
    let directory = tempfile::tempdir()?;
    let mut measured = Measured::start(context, &directory)?;
    Ok(vec![alone(context, &mut measured)?, beside_a_flood(context, &mut measured)?])
}

/// A measured terminal, another that can flood beside it, and the times.
struct Subject {
    name: &'static str,
    terminal: Box<dyn Terminal>,
    flooding: Option<Box<dyn Terminal + Send>>,
    keys: Vec<f64>,
}

struct Measured {
    subjects: Vec<Subject>,
    // Kept alive for the processes behind the terminals.
    _websh: Websh,
    _bridges: [Bridge; 2],
    _tmux: Option<Tmux>,
    _ttyd: Option<Ttyd>,
}

impl Measured {
    fn start(context: &Context, directory: &TempDir) -> Result<Self> {
        let shell = plain_shell(directory)?;
        let mut websh = Websh::start(&context.programs)?;
        let (bridge, echo) = (Bridge::start(Some(&shell))?, Bridge::start(None)?);
        let (ours, flood) = (websh.open_and_drive()?, websh.open_and_drive()?);
        let prompted = |mut terminal: Raw| {
            terminal.wait_for("bench$")?;
            anyhow::Ok(Box::new(terminal))
        };
        let mut subjects = vec![
            Subject::new("websh", Box::new(ours), Some(Box::new(flood))),
            Subject::new(
                "bridge",
                prompted(Raw::bridge(bridge.port, None)?)?,
                Some(prompted(Raw::bridge(bridge.port, None)?)?),
            ),
        ];
        let ttyd = Ttyd::start(&shell).transpose()?;
        if let Some(ttyd) = &ttyd {
            let (one, other) = (Raw::ttyd(ttyd.port)?, Raw::ttyd(ttyd.port)?);
            subjects.push(Subject::new("ttyd", prompted(one)?, Some(prompted(other)?)));
        }
        let mut tmux = Tmux::start(directory.path(), &shell).transpose()?;
        if let Some(client) = tmux.as_mut().and_then(|tmux| tmux.client.take()) {
            subjects.push(Subject::new("tmux in a PTY", Box::new(client), None));
        }
        for subject in &mut subjects {
            start_cat(subject.terminal.as_mut())?;
        }
        let socket = Raw::bridge(echo.port, None)?;
        subjects.push(Subject::new("WebSocket echo", Box::new(socket), None));
        Ok(Self { subjects, _websh: websh, _bridges: [bridge, echo], _tmux: tmux, _ttyd: ttyd })
    }

    /// Measures `keys` keys of every subject, in alternating blocks.
    fn blocks(&mut self, keys: u32, block: fn(&mut Subject) -> Result<()>) -> Result<()> {
        (0..keys / BLOCK).try_for_each(|_| self.subjects.iter_mut().try_for_each(block))
    }

    /// Median of a subject, if it was measured.
    fn of(&self, name: &str) -> Result<f64> {
        let subject = self.subjects.iter().find(|subject| subject.name == name);
        let keys = subject.map(|subject| &subject.keys).filter(|keys| !keys.is_empty());
        Ok(median(keys.with_context(|| format!("{name} was not measured"))?))
    }

    fn spreads(&self) -> String {
        let subjects = self.subjects.iter().filter(|subject| !subject.keys.is_empty());
        let each = subjects.map(|subject| format!("{} {}", subject.name, spread(&subject.keys)));
        format!("µs: {}", each.collect::<Vec<_>>().join("; "))
    }
}

impl Subject {
    fn new(
        name: &'static str,
        terminal: Box<dyn Terminal>,
        flooding: Option<Box<dyn Terminal + Send>>,
    ) -> Self {
        Self { name, terminal, flooding, keys: Vec::new() }
    }

    fn block(&mut self) -> Result<()> {
        let measured = echo_block(self.terminal.as_mut(), &mut self.keys);
        measured.with_context(|| format!("echo of {}", self.name))
    }

    fn block_beside_a_flood(&mut self) -> Result<()> {
        let Some(mut flooding) = self.flooding.take() else { return Ok(()) };
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let flood = scope.spawn(|| -> Result<()> {
                flooding.type_text(FLOOD)?;
                while !stop.load(Ordering::Relaxed) {
                    flooding.settle(Duration::from_millis(20))?;
                }
                flooding.type_text("\u{3}")?;
                flooding.wait_for("bench$")?;
                Ok(())
            });
            let measured =
                self.terminal.settle(Duration::from_millis(300)).and_then(|()| self.block());
            stop.store(true, Ordering::Relaxed);
            let flooded = flood.join().map_err(|_| anyhow::anyhow!("the flood's thread died"))?;
            measured.and(flooded)
        })?;
        self.flooding = Some(flooding);
        Ok(())
    }
}

fn alone(context: &Context, measured: &mut Measured) -> Result<Figure> {
    measured.blocks(context.count(2_000, 100), Subject::block)?;
    let (ours, bridge) = (measured.of("websh")?, measured.of("bridge")?);
    Ok(Figure::new("echo p50, against the bare bridge", ours / bridge, "×", 1.8, Some(1.4))
        .beside(measured.spreads()))
}

fn beside_a_flood(context: &Context, measured: &mut Measured) -> Result<Figure> {
    measured.subjects.iter_mut().for_each(|subject| subject.keys.clear());
    measured.blocks(context.count(500, 50), Subject::block_beside_a_flood)?;
    let (ours, bridge) = (measured.of("websh")?, measured.of("bridge")?);
    let limit = measured.of("ttyd").map_or(bridge, |ttyd| ttyd.min(bridge));
    let what = "echo p50 beside a flood, against the bridge's or ttyd's";
    Ok(Figure::new(what, ours / limit, "×", 2.0, Some(1.0)).beside(measured.spreads()))
}
