//! Output of `close` and `admin drop`, which end several sessions one after the other.

use protocol::{
    api::{DropResults, Dropped},
    id::SessionId,
};

use crate::{
    Failure,
    output::{print, print_json},
};

/// Sessions ended so far: a line each at once, or one JSON document at the end.
pub struct Ended {
    json: bool,
    verb: &'static str,
    results: Vec<Dropped>,
}

impl Ended {
    /// No session yet; `verb` begins the line of each, such as "Closed".
    #[must_use]
    pub fn new(json: bool, verb: &'static str) -> Self {
        Self { json, verb, results: Vec::new() }
    }

    /// Records a session that was ended.
    pub fn add(&mut self, id: SessionId, name: String) -> Result<(), Failure> {
        if !self.json {
            return print(&format!("{} {name}.", self.verb));
        }
        self.results.push(Dropped { id, name, error: None, message: None });
        Ok(())
    }

    /// Prints the JSON, even when a later session failed, and returns `outcome`.
    pub fn finish<E: From<Failure>>(self, outcome: Result<(), E>) -> Result<(), E> {
        if self.json {
            print_json(&DropResults { results: self.results })?;
        }
        outcome
    }
}
