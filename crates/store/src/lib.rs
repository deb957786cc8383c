//! Persistent state on SQLite or PostgreSQL. The only crate that uses SQL; it makes no policy decisions,
//! which belong to `control`, and reads no clock.
//! Every query fails with [`Error::Unavailable`] when the database is locked, unreachable or takes
//! longer than 5 s, and every change also with [`Error::Full`]. Methods document further errors only.

mod column;
#[expect(missing_docs, reason = "a field without a description is described by its name")]
mod entity;
mod error;
mod execute;
mod migration;
mod queries;
#[cfg(feature = "test-support")]
pub mod samples;
mod store;

pub use entity::{
    guest::GuestRow,
    invite::InviteRow,
    member::Member,
    session::{Ending, SessionRow},
    share::{ShareChanges, ShareContext, ShareEnding, ShareRow},
};
pub use error::Error;
pub use queries::{
    Added, Admission, AuditLog, Credential, Credentials, Devices, Grants, Guests, Invites,
    MemberChange, Members, NewDevice, Page, Sessions, Settings, Shares, SignIns, Tokens,
};
pub use store::Store;
