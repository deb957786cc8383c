//! What `close` and `admin drop` say of sessions that they end one after the other.

use protocol::{
    api::{DropResults, Dropped},
    id::SessionId,
};

use super::{Failure, say, say_json};

/// What was ended so far: people are told of each at once, programs of all at the end.
pub(super) struct Ended {
    json: bool,
    verb: &'static str,
    results: Vec<Dropped>,
}

impl Ended {
    pub(super) fn new(json: bool, verb: &'static str) -> Self {
        Self { json, verb, results: Vec::new() }
    }

    pub(super) fn add(&mut self, id: SessionId, name: String) -> Result<(), Failure> {
        if !self.json {
            return say(&format!("{name} is {}.", self.verb));
        }
        self.results.push(Dropped { id, name, error: None, message: None });
        Ok(())
    }

    /// The end of it: programs are told what was ended even where the next one failed.
    pub(super) fn finish(self, outcome: Result<(), Failure>) -> Result<(), Failure> {
        if self.json {
            say_json(&DropResults { results: self.results })?;
        }
        outcome
    }
}
