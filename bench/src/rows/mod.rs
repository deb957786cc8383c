//! The rows of the table, one file each, and their common settings.

mod assets;
mod crowd;
mod echo;
mod engine;
mod flood;
mod idle;
mod list;
mod reattach;
mod restarts;
mod slow;
mod typed;
mod viewers;

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::{report::Figure, websh::Programs};

/// Settings of a run.
#[derive(Clone, Debug, Args)]
pub struct Context {
    #[command(flatten)]
    pub programs: Programs,
    /// Folder of the built pages.
    #[arg(long, env = "LEPTOS_SITE_ROOT")]
    pub site: Option<PathBuf>,
    /// Run briefly, to check that everything works.
    #[arg(long)]
    pub quick: bool,
    /// Bytes to feed the engine.
    #[arg(long, default_value_t = 1_000_000_000)]
    pub engine_bytes: u64,
    /// Number of times to kill the web process.
    #[arg(long, default_value_t = 200)]
    pub restarts: u32,
}

impl Context {
    /// Returns `full`, or `quick` in a quick run.
    pub fn count(&self, full: u32, quick: u32) -> u32 {
        if self.quick { quick } else { full }
    }
}

/// A row: its name on the command line and its measurement.
pub type Row = (&'static str, fn(&Context) -> Result<Vec<Figure>>);

pub const ROWS: [Row; 12] = [
    ("echo", echo::measure),
    ("flood", flood::measure),
    ("slow", slow::measure),
    ("typed", typed::measure),
    ("reattach", reattach::measure),
    ("idle", idle::measure),
    ("viewers", viewers::measure),
    ("crowd", crowd::measure),
    ("list", list::measure),
    ("engine", engine::measure),
    ("assets", assets::measure),
    ("restarts", restarts::measure),
];
