//! The command line.

pub mod attach;
pub mod proxy;
mod serve;
pub mod sessions;
pub mod share;
