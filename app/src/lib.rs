//! The web interface: pages, components, the terminal, and server functions. It contains no HTTP
//! server, SQL or terminal emulation; on the server it calls `control` through `context`.

mod admin;
mod api;
mod browser;
#[cfg(feature = "ssr")]
mod context;
mod create_key;
mod error;
pub mod format;
mod identity;
mod json;
mod live;
mod page_client;
mod pages;
mod palette;
mod sessions;
mod sharing;
mod shell;
mod terminal;
mod ui;

pub use pages::App;
pub use shell::shell;
