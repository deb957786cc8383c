//! The `websh` program as its users see it: a real server on a free port, real session processes, and
//! clients that are not browsers.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a step that fails fails the test")]

mod commands;
mod http;
mod identity;
mod operator;
mod postgres;
mod sessions;
mod sharing;
mod support;
