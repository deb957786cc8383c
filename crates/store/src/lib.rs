//! What must survive: members, their sign-ins and the rows of sessions, on SQLite or PostgreSQL.
//! The only crate that speaks SQL. It decides nothing: who may do what is `control`'s, and it has no
//! clock of its own.

mod connect;
mod entity;
mod error;
mod members;
mod migration;
mod session_row;
mod sessions;
mod sign_ins;

pub use connect::Store;
pub use error::Error;
pub use members::Member;
pub use session_row::{Ending, SessionRow};
pub use sessions::{Added, Page};
pub use sign_ins::SignIn;
