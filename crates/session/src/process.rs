//! Operating-system side of the session: account, PTY, process tree, memory. Knows no session.

pub mod account;
pub mod memory;
pub mod pty;
pub mod tree;
