//! The terminal of a page. Pure parts, tested natively: `link`, `outbox`, `scrollback`, `spans`, `look`,
//! `keys`, `text`, `ending`, `crew`. The widget around them owns the browser's side and runs there only.

mod baton;
mod clipboard;
pub mod crew;
pub mod ending;
mod fit;
pub mod here;
mod keyboard;
pub mod keys;
pub mod link;
pub mod look;
pub mod metrics;
pub mod outbox;
pub mod painter;
pub(crate) mod parts;
mod pointer;
pub mod scrollback;
pub(crate) mod seat;
mod show;
mod socket;
pub mod spans;
mod talk;
pub mod text;
mod theme;
pub(crate) mod widget;

pub use ending::{Ending, ShareOver};
pub use metrics::RULER;
pub use parts::Ui;
