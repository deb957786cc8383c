//! Cost of 200 idle sessions: memory of their processes, CPU of all websh processes, and the memory that
//! 10,000 lines of history add once they are idle again.

use std::{fs, time::Duration};

use anyhow::Result;

use super::Context;
use crate::{
    proc,
    report::Figure,
    stats::{mean, pause, worst},
    terminal::run,
    websh::Websh,
};

/// Sessions that are filled with history.
const FILLED: usize = 10;

/// Lines of history, 80 columns each.
const LINES: usize = 10_000;

pub fn measure(context: &Context) -> Result<Vec<Figure>> {
    let count = context.count(200, 20);
    let mut websh = Websh::start(&context.programs)?;
    let sessions = (0..count).map(|_| websh.open()).collect::<Result<Vec<_>>>()?;
    let processes = websh.session_processes()?;
    let idle = settled(&processes)?;
    let what = "PSS of an idle session's process (80×24), 200 sessions";
    let pss = Figure::new(what, mean(&idle), "KB", 700.0, Some(350.0))
        .beside(format!("KB: worst {:.0}, of {count} sessions", worst(&idle)));
    let cpu = idle_cpu(&websh, &processes)?;
    let logs = grown(&websh, sessions.get(..FILLED).unwrap_or_default(), &log_lines())?;
    let noise = grown(&websh, sessions.get(FILLED..FILLED + 4).unwrap_or_default(), &noise())?;
    let what = "  more after 10,000 lines of 80 columns, once idle";
    let history = Figure::new(what, mean(&logs) / 1000.0, "MB", 1.5, Some(0.5)).beside(format!(
        "lines like a log's; of random letters and digits {:.2} MB",
        mean(&noise) / 1000.0
    ));
    Ok(vec![pss, history, cpu])
}

/// PSS in kB (1,000 bytes) of each process, once the mean no longer falls.
fn settled(processes: &[u32]) -> Result<Vec<f64>> {
    let mut last = f64::INFINITY;
    for _ in 0..60 {
        pause(Duration::from_secs(2));
        let now = pss(processes)?;
        if mean(&now) >= last * 0.999 {
            return Ok(now);
        }
        last = mean(&now);
    }
    pss(processes)
}

fn pss(processes: &[u32]) -> Result<Vec<f64>> {
    processes.iter().map(|process| Ok(proc::pss_kib(*process)? * 1.024)).collect()
}

fn idle_cpu(websh: &Websh, sessions: &[u32]) -> Result<Figure> {
    let window = Duration::from_secs(20);
    let before = (proc::cpu(websh.web())?, proc::cpu_of_all(sessions)?);
    pause(window);
    let web = proc::cpu(websh.web())? - before.0;
    let sessions = proc::cpu_of_all(sessions)? - before.1;
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let what = "CPU of 200 idle sessions over 20 s, all websh processes";
    Ok(Figure::new(what, ms(web + sessions), "ms", 50.0, Some(0.0)).beside(format!(
        "ms: web process {:.3}, session processes {:.3}",
        ms(web),
        ms(sessions)
    )))
}

/// Additional memory of sessions, in kB, after they showed `text`.
fn grown(websh: &Websh, sessions: &[String], text: &str) -> Result<Vec<f64>> {
    let path = websh.directory().join("lines");
    fs::write(&path, text)?;
    let processes = sessions
        .iter()
        .map(|session| websh.session_process(session))
        .collect::<Result<Vec<_>>>()?;
    let before = settled(&processes)?;
    for session in sessions {
        let mut viewer = websh.drive(session)?;
        run(&mut viewer, &format!("cat {}", path.display()), "DONE1X")?;
    }
    let after = settled(&processes)?;
    Ok(after.iter().zip(&before).map(|(after, before)| after - before).collect())
}

/// Lines of 80 columns like those of a log: times, levels, names, varying numbers.
fn log_lines() -> String {
    let mut random = Random(1);
    let names = ["relay", "session", "store", "control", "frames", "sign-in", "history", "resize"];
    let verbs = ["opened", "closed", "sent", "received", "retried", "found", "dropped", "queued"];
    let mut text = String::new();
    for line in 0..LINES {
        let name = names.get(random.below(8)).copied().unwrap_or_default();
        let verb = verbs.get(random.below(8)).copied().unwrap_or_default();
        let line = format!(
            "2026-01-01T{:02}:{:02}:{:02}.{:03}Z INFO {name} {verb} {} bytes id={:016x} peer=10.0.{}.{}",
            line / 3600,
            line / 60 % 60,
            line % 60,
            random.below(1000),
            random.below(100_000),
            random.next(),
            random.below(256),
            random.below(256),
        );
        text.push_str(&format!("{line:<80.80}\n"));
    }
    text
}

/// Lines of 80 random letters and digits, which compress badly.
fn noise() -> String {
    let mut random = Random(2);
    let alphabet: Vec<char> = ('a'..='z').chain('A'..='Z').chain('0'..='9').collect();
    let mut text = String::new();
    for _ in 0..LINES {
        text.extend((0..80).filter_map(|_| alphabet.get(random.below(alphabet.len()))));
        text.push('\n');
    }
    text
}

/// xorshift64*: the same lines in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from((self.next() >> 33) % bound.max(1) as u64).unwrap_or_default()
    }
}
