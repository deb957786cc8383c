//! The terminal: the screen, its frames and input on its way to the PTY.

pub mod pace;
pub mod queue;
