//! The terminal of one session: bytes in, frames out. Pure: it has no I/O and no clock, and no
//! program output can make it fail. It does not depend on processes, sockets, viewers or databases.

mod event;
mod frames;
mod grid;
mod history;
mod input;
mod screen;
mod size;
mod vt;

pub use event::Event;
pub use screen::Screen;
pub use size::Size;
