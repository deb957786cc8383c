//! What people see: pages, components, the terminal view, and the server functions behind them. It
//! knows no HTTP server, SQL or terminal emulator; on the server it reaches `control` by `context`.

mod admin;
pub mod api;
mod browser;
#[cfg(feature = "ssr")]
mod context;
mod create_key;
pub mod error;
pub mod format;
mod live;
mod pages;
mod palette;
mod sessions;
mod sharing;
mod shell;
pub mod terminal;
mod ui;

pub use pages::App;
pub use shell::shell;
