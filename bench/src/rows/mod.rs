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

use crate::{report::Figure, websh::Programs};

/// Settings of a run.
#[derive(Clone, Debug)]
pub struct Context {
    /// The programs to measure.
    pub programs: Programs,
    /// Directory of the built pages.
    pub site: Option<PathBuf>,
    /// Short run that checks that everything works.
    pub quick: bool,
    /// Bytes to feed the engine.
    pub engine_bytes: u64,
    /// Number of times the web process is killed.
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

/// All rows, in the order of the table.
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
