//! The web interface: pages, components, the terminal, and server functions. It does not know HTTP servers,
//! SQL or terminal emulation; on the server it calls `control` through `context`.

mod admin;
pub mod api;
mod browser;
#[cfg(feature = "ssr")]
mod context;
mod create_key;
pub mod error;
pub mod format;
pub mod json;
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
