//! What people see: pages, components, the terminal view, and the server functions behind them. It
//! knows no HTTP server, SQL or terminal emulator; on the server it reaches `control` by `context`.

pub mod api;
mod browser;
mod components;
#[cfg(feature = "ssr")]
mod context;
pub mod error;
mod pages;
mod shell;
pub mod terminal;
mod wish;
pub mod words;

pub use pages::App;
pub use shell::shell;
