//! The browser's side of the terminal: elements, events, the socket. It runs in browsers only.

mod clipboard;
mod connection;
mod dispatch;
mod keyboard;
pub mod metrics;
pub mod painter;
mod pointer;
mod render;
mod socket;
mod terminal;
mod theme;
mod widget;

pub use metrics::RULER;
pub use widget::Widget;
