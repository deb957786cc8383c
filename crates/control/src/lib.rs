//! Who may do what with which session, and what then happens to it: sign-in, create, list, attach,
//! close, and keeping rows and processes in step. Every way in (REST, server functions, sockets) asks
//! here. It knows no HTTP, no SQL and no PTY.

pub mod access;
mod admin;
mod audit;
mod changes;
mod clock;
mod control;
mod error;
mod identity;
mod mail;
mod secret;
mod sessions;
mod sharing;
mod throttle;
mod validate;

pub use access::Actor;
pub use admin::{grants, members, members::NewMember};
pub use audit::{Doer, Subject};
pub use clock::{Clock, Manual, System};
pub use control::{Control, Settings};
pub use error::{Error, Kind};
pub use identity::{
    permissions::{Standing, Withdrawn, Worth},
    sign_ins::{Caller, SignedIn},
};
pub use mail::transport::Mail;
pub use sessions::{attach::Grant, create::Created, limits::Limit};
pub use sharing::guests::{Entered, Visitor};
