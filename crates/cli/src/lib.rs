//! The remote commands of the `websh` program: everything that goes through the REST interface, and
//! `websh attach`. `server` joins them with its own commands. Does not depend on the server,
//! the database or the pages.

mod attach;
mod commands;
mod credentials;
mod failure;
mod http;
pub mod output;
pub mod prompt;
mod settings;

pub use commands::{Command, Completions, Ended, LocalCommand, Man, complete};
pub use failure::Failure;
pub use settings::environment;
