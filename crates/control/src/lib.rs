//! Who may do what with which session, and what then happens to it: sign-in, create, list, attach,
//! close, and keeping rows and processes in step. Every way in (REST, server functions, sockets) asks
//! here. It knows no HTTP, no SQL and no PTY.

pub mod access;
mod attach;
mod audit;
mod changes;
mod clock;
mod control;
mod doors;
mod error;
pub mod grants;
mod invites;
mod join;
mod letters;
mod limits;
mod mail;
mod mail_queue;
pub mod members;
mod opening;
mod operator;
mod operator_list;
mod passwords;
mod peek;
mod places;
mod prune;
mod reconcile;
mod rules;
mod secret;
mod sessions;
mod settings;
mod share_changes;
mod share_ends;
mod share_mail;
mod share_rules;
mod share_secret;
mod shares;
mod sign_in;
mod standing;
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
pub use join::{Entered, Visitor};
pub use limits::Limit;
pub use mail::Mail;
pub use members::NewMember;
pub use opening::Created;
pub use sign_in::{Caller, SignedIn};
pub use standing::{Standing, Withdrawn, Worth};
