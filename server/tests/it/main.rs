//! The `websh` program from outside: a real server on a port of its own, real session processes, and
//! clients that are no browser.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a step that fails fails the test")]

mod client;
mod command;
mod governed;
mod matrix;
mod operator;
mod policies;
mod requests;
mod sessions;
mod sign_in;
mod socket;
mod tokens;
mod world;
