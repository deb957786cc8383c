//! Behaviour of `Control` over time, with a real database and a manual clock.
#![expect(clippy::unwrap_used, reason = "a step that fails fails the test")]

mod limits;
mod sessions;
mod shares;
mod sign_ins;
mod world;
