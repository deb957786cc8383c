//! The VT engine: bytes in, a grid of cells out. Does not depend on frames, history or input.

mod dispatch;
pub mod engine;
mod filter;
mod osc;
mod perform;
mod reply;
mod state;

use rio_vt::{crosswords::Crosswords, event::VoidListener};

/// The emulator, which notifies no one: the session reads its state.
type Emulator = Crosswords<VoidListener>;
