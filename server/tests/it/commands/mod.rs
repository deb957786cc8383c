//! The command line.

pub mod attach;
pub mod proxy;
pub mod serve;
pub mod sessions;
pub mod share;
