//! Persistent state on SQLite or PostgreSQL. The only crate that uses SQL; it makes no policy decisions,
//! which belong to `control`, and reads no clock.
//! Every query fails with [`Error::Unavailable`] when the database is locked, unreachable or takes
//! longer than 5 s, and every change also with [`Error::Full`]. Methods document further errors only.

mod column;
mod entity;
mod error;
mod execute;
mod migration;
mod queries;
mod rows;
#[cfg(feature = "test-support")]
pub mod samples;
mod store;

pub use error::Error;
pub use queries::{
    Added, Admission, AuditLog, Credential, Credentials, Grants, Guests, Invites, MemberChange,
    Members, Page, Sessions, Settings, Shares, SignIns, Tokens,
};
pub use rows::{
    Ending, GuestRow, InviteRow, Member, SessionRow, ShareChanges, ShareContext, ShareEnding,
    ShareRow, SignIn,
};
pub use store::Store;
