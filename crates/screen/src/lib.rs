//! Bytes in, frames out: the terminal of one session. Pure: no I/O and no clock, and no output of a
//! program can make it fail. It knows no process, socket, viewer or database.

mod capture;
mod dispatch;
mod engine;
mod event;
mod filter;
mod history;
mod input;
mod key_table;
mod keys;
mod ledger;
mod mouse;
mod osc;
mod palette;
mod perform;
mod repaint;
mod reply;
mod ring;
mod row;
mod screen;
mod sgr;
mod shift;
mod size;
mod styles;
mod terminal;

pub use event::Event;
pub use screen::Screen;
pub use size::Size;
