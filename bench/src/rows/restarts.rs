//! Repeated `kill -9` of the web process under numbered output: the shell stays, the viewer reattaches
//! soon, and every line is in the history once.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use protocol::api::AttachMode;

use super::Context;
use crate::{
    proc,
    report::Figure,
    stats::{median, pause, worst},
    terminal::{LONG, Terminal},
    viewer::Viewer,
    websh::Websh,
};

/// Command that prints about 200 numbered lines per second.
const NUMBERS: &str = "clear; for ((i = 1; ; i++)); do echo n $i; read -rt 0.005 <> <(:); done\r";

/// Maximum lines per request for history.
const MAX_LINES: u64 = 500;

pub fn measure(context: &Context) -> Result<Vec<Figure>> {
    let times = if context.quick { 5 } else { context.restarts };
    let mut websh = Websh::start(&context.programs)?;
    let session = websh.open()?;
    let mut viewer = websh.drive(&session)?;
    viewer.type_text(NUMBERS)?;
    viewer.wait_for("n 50")?;
    let process = websh.session_process(&session)?;
    let shells = proc::children(process);
    // Lines from before `clear` are no longer in the history.
    let mut check = Numbers { next: viewer.mirror().oldest, ..Numbers::default() };
    let mut back = Vec::new();
    for turn in 0..times {
        viewer.settle(Duration::from_millis(100 + u64::from(turn % 7) * 37))?;
        let start = Instant::now();
        websh.kill_and_restart()?;
        reconnect(&websh, &session, &mut viewer, start)?;
        back.push(start.elapsed().as_secs_f64());
        ensure!(websh.session_process(&session)? == process, "another session process");
        let now = proc::children(process);
        ensure!(shells.is_subset(&now), "the shell changed: {shells:?}, then {now:?}");
        check.catch_up(&mut viewer)?;
    }
    let what = format!("kill -9 of the web process, {times} times: viewer back within");
    let beside = format!(
        "median {:.2} s; same shell every time; {} lines followed each other, none lost, none twice",
        median(&back),
        check.checked
    );
    Ok(vec![Figure::new(&what, worst(&back), "s", 5.0, None).beside(beside)])
}

/// Reattaches like a page: requests tickets and opens sockets until one works, then waits for a frame.
fn reconnect(websh: &Websh, session: &str, viewer: &mut Viewer, start: Instant) -> Result<()> {
    let frames = viewer.frames;
    loop {
        let tried =
            websh.address(session, AttachMode::Drive).and_then(|address| viewer.reattach(&address));
        match tried {
            Ok(()) => break,
            Err(error) => ensure!(start.elapsed() < LONG, "it did not reattach: {error:#}"),
        }
        pause(Duration::from_millis(10));
    }
    while viewer.frames == frames {
        viewer.step()?;
        ensure!(start.elapsed() < LONG, "no frame came");
    }
    Ok(())
}

/// Compares the numbers of the output with the line ids of the history.
#[derive(Default)]
struct Numbers {
    /// Next line id to check.
    next: u64,
    /// Number minus id: equal for all lines if none is lost or duplicated.
    offset: Option<i128>,
    checked: u64,
}

impl Numbers {
    fn catch_up(&mut self, viewer: &mut Viewer) -> Result<()> {
        let top = viewer.mirror().top;
        while self.next < top {
            let count = MAX_LINES.min(top - self.next);
            viewer.request_history(self.next, u32::try_from(count)?)?;
            let last = self.next + count - 1;
            let deadline = Instant::now() + LONG;
            while !viewer.history.contains_key(&last) {
                viewer.step()?;
                ensure!(Instant::now() < deadline, "history up to line {last} did not come");
            }
            for id in self.next..=last {
                let text = viewer.history.remove(&id);
                self.check_line(id, &text.with_context(|| format!("line {id} is missing"))?)?;
            }
            self.next = last + 1;
        }
        Ok(())
    }

    fn check_line(&mut self, id: u64, text: &str) -> Result<()> {
        let Some(number) = text.strip_prefix("n ").and_then(|text| text.trim().parse::<u64>().ok())
        else {
            ensure!(self.offset.is_none(), "line {id} is {text:?}");
            return Ok(());
        };
        let offset = i128::from(number) - i128::from(id);
        ensure!(
            *self.offset.get_or_insert(offset) == offset,
            "line {id} has number {number}: {offset} apart, not {:?}",
            self.offset
        );
        self.checked += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_and_duplicated_numbers_are_detected() {
        for (lines, fine) in [
            (["$ x", "n 1", "n 2", "n 3"], true),
            (["n 1", "n 2", "n 4", "n 5"], false),
            (["n 1", "n 2", "n 2", "n 3"], false),
            (["n 1", "n 2", "", "n 3"], false),
        ] {
            let mut numbers = Numbers::default();
            let seen =
                lines.iter().zip(7..).try_for_each(|(text, id)| numbers.check_line(id, text));
            assert_eq!(seen.is_ok(), fine, "{lines:?}");
        }
    }
}
