//! What must survive: members, their sign-ins and the rows of sessions, on SQLite or PostgreSQL.
//! The only crate that speaks SQL. It decides nothing: who may do what is `control`'s, and it has no
//! clock of its own.

mod connect;
mod entity;
mod error;
mod members;
mod migration;
mod sessions;
mod sign_ins;

pub use connect::Store;
pub use error::Error;
pub use members::Member;
pub use sessions::{Added, Ending, Page, SessionRow};
pub use sign_ins::SignIn;
