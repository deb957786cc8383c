//! Operating-system side of the session: its account, its PTY, its process tree, its memory.

pub mod account;
pub mod memory;
pub mod pty;
pub mod tree;
