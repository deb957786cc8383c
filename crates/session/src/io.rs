//! Descriptors and what is built on them: the socket, its connections, the directory, the timer.

pub mod connection;
pub mod descriptor;
pub mod directory;
pub mod listener;
pub mod timer;
