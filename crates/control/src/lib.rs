//! Who may do what with which session, and what then happens to it: sign-in, create, list, attach,
//! close, and keeping rows and processes in step. Every way in (REST, server functions, sockets) asks
//! here. It knows no HTTP, no SQL and no PTY.

pub mod access;
mod attach;
mod audit;
mod changes;
mod clock;
mod control;
mod error;
mod grants;
mod invites;
pub mod members;
mod operator;
mod operator_list;
mod passwords;
mod reconcile;
mod secret;
mod sessions;
mod settings;
mod sign_in;
mod throttle;
mod tokens;
mod validate;
mod view;

pub use access::Actor;
pub use attach::Grant;
pub use audit::{Doer, Subject};
pub use clock::{Clock, Manual, System};
pub use control::{Control, Settings};
pub use error::{Error, Kind};
pub use members::NewMember;
pub use sessions::Created;
pub use sign_in::{Caller, SignedIn};
