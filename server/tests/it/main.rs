//! The `websh` program from outside: a real server on a port of its own, real session processes, and
//! clients that are no browser.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a step that fails fails the test")]

mod account;
mod client;
mod command;
mod command_attach;
mod command_sessions;
mod command_share;
mod crowd;
mod cut;
mod disk;
mod dropping;
mod governed;
mod guests;
mod lifetime;
mod mail;
mod matrix;
mod operator;
mod person;
mod policies;
mod postgres;
mod read_only;
mod requests;
mod security;
mod sessions;
mod sharing;
mod sign_in;
mod smtp;
mod socket;
mod terminal;
mod tokens;
mod world;
