//! The VT engine: bytes in, a grid of cells out. Knows no frames, history or input.

mod dispatch;
pub mod engine;
mod filter;
mod osc;
mod perform;
mod reply;
mod state;
