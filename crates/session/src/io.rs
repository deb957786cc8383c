//! Descriptors of the session: its socket and connections, its directory, its timer. Does not
//! depend on the session.

pub mod connection;
pub mod descriptor;
pub mod directory;
pub mod listener;
pub mod timer;
