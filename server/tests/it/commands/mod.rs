//! The command line.

pub mod attach;
pub mod serve;
pub mod sessions;
pub mod share;
