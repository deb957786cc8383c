//! The host role on one machine: starts session processes, finds them again, relays to them and ends
//! them. It stores nothing except the last report of each session, and it must not know members, SQL or
//! HTTP.

#![expect(missing_docs, reason = "items that their name describes have no doc")]

mod accounts;
mod connection;
mod error;
mod follow;
mod host;
mod kill;
mod launch;
mod processes;
mod registry;
mod requests;
mod run_dir;
mod usage;

pub use accounts::{Account, accounts, can_switch_accounts, find_account, operator};
pub use connection::{Reader, Relayed, Writer};
pub use error::Error;
pub use host::Host;
pub use launch::Start;
pub use registry::Config;
pub use usage::Usage;
