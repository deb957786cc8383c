//! The session process, driven through its socket by the host role: real PTYs, real shells.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod account;
mod attach;
mod ending;
mod expiry;
mod guests;
mod harness;
mod participants;
mod shares;
mod test_account;
