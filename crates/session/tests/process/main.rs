//! Tests of the session process through its socket and the host role, with real PTYs and shells.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod account;
mod attach;
mod end;
mod expiry;
mod guests;
mod harness;
mod participants;
mod shares;
mod test_account;
