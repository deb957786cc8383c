//! Lines that scrolled off: the compressed store and the emulator's ring that feeds it.

pub mod ring;
pub mod store;
