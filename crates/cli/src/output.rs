//! Standard output: lines for people, JSON for programs, tables.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::Failure;
pub use crate::table::table;

/// Writes a line to standard output.
pub fn print(line: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// Writes JSON to standard output.
pub fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value);
    print(&text.map_err(|error| Failure::Message(format!("Could not write JSON: {error}.")))?)
}

/// Current time, for ages in tables.
#[expect(clippy::disallowed_methods, reason = "a command runs once and has no injected clock")]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}
