//! The terminal of a page. Pure parts: `link`, `outbox`, `scrollback`, `spans`, `look`, `keys`, `text`,
//! `ending`, tested natively. The widget around them owns the browser's side and runs there only.

mod ending;
pub mod here;
pub mod keys;
pub mod link;
pub mod look;
pub mod outbox;
pub mod spans;
pub mod text;
mod view;

pub use ending::Ending;
pub use view::TerminalView;
