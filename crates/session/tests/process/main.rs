//! The session process, driven through its socket by the host role: real PTYs, real shells.

mod attach;
mod ending;
mod world;
