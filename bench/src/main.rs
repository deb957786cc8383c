//! `make bench`: compares the release build of websh with the limits of the machine, measured in the same
//! run, and with installed peers. Prints a table and writes it as JSON. Product code never uses it.
#![expect(clippy::print_stdout, reason = "prints the table")]
#![expect(clippy::disallowed_methods, reason = "measures real time")]

mod bridge;
mod discard;
mod peers;
mod proc;
mod raw;
mod report;
mod rows;
mod stats;
mod terminal;
mod throttle;
mod viewer;
mod websh;

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use report::{Figure, Verdict};
use rows::{Context, ROWS};

/// Compare websh with the limits of the machine and with installed peers.
#[derive(Debug, Parser)]
struct Options {
    #[command(subcommand)]
    command: Option<Task>,
    /// Measure only these rows.
    #[arg(long, value_parser = ROWS.map(|(name, _)| name))]
    only: Vec<String>,
    /// Fail if a figure misses its required value.
    #[arg(long)]
    strict: bool,
    /// File for the figures [default: bench.json beside this program].
    #[arg(long)]
    json: Option<PathBuf>,
    #[command(flatten)]
    context: Context,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run for hours: 20 GB through the engine, 2,000 restarts.
    Soak,
    /// Feed 5 GB of random escape sequences to the engine.
    Fuzz,
    /// Serve a PTY over a WebSocket, or an echo without a shell.
    #[command(hide = true)]
    Bridge {
        /// Program to run in the PTY.
        shell: Option<String>,
    },
}

fn main() -> Result<ExitCode> {
    let mut options = Options::parse();
    match options.command.take() {
        Some(Task::Bridge { shell }) => {
            bridge::serve(shell)?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(Task::Soak) => {
            options.context.engine_bytes = 20_000_000_000;
            options.context.restarts = 2_000;
            options.only = vec!["engine".into(), "restarts".into()];
        }
        Some(Task::Fuzz) => {
            options.context.engine_bytes = 5_000_000_000;
            options.only = vec!["engine".into()];
        }
        None => {}
    }
    let load = proc::load();
    println!("{}; load average {load}\n\n{}", proc::machine(), report::heading());
    let figures = measure(&options);
    println!("\nload average at the end {}", proc::load());
    let path = match &options.json {
        Some(path) => path.clone(),
        None => std::env::current_exe()?.with_file_name("bench.json"),
    };
    let json = serde_json::json!({
        "machine": proc::machine(),
        "load_before": load,
        "load_after": proc::load(),
        "quick": options.context.quick,
        "figures": figures,
    });
    fs::write(&path, serde_json::to_vec_pretty(&json)?)
        .with_context(|| format!("failed to write {}", path.display()))?;
    println!("figures as JSON: {}", path.display());
    let bad = |figure: &Figure| match figure.verdict {
        Verdict::NotMeasured => true,
        Verdict::Missed => options.strict,
        Verdict::Aim | Verdict::Must => false,
    };
    Ok(if figures.iter().any(bad) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn measure(options: &Options) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (name, row) in ROWS {
        if !options.only.is_empty() && !options.only.iter().any(|only| only == name) {
            continue;
        }
        let measured = row(&options.context)
            .unwrap_or_else(|error| vec![Figure::not_measured(name, format!("{error:#}"))]);
        for figure in measured {
            println!("{figure}");
            figures.push(figure);
        }
    }
    figures
}
