//! The terminal of a page. Pure parts, tested natively: `link`, `outbox`, `scrollback`, `spans`, `look`,
//! `keys`, `text`, `ending`, `crew`. The widget around them owns the browser's side and runs there only.

mod baton;
mod clipboard;
pub mod crew;
pub mod ending;
mod fit;
mod guest_view;
pub mod here;
mod keyboard;
pub mod keys;
pub mod link;
pub mod look;
pub mod metrics;
pub mod outbox;
pub mod painter;
mod parts;
mod pointer;
mod screen;
pub mod scrollback;
mod seat;
mod show;
mod socket;
pub mod spans;
mod talk;
pub mod text;
mod theme;
mod view;
mod widget;

pub use ending::{Ending, ShareOver};
pub use guest_view::GuestView;
pub use metrics::RULER;
pub use parts::Ui;
pub use view::TerminalView;
