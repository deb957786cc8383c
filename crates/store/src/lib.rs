//! What must survive: members and how they come in, the rows of sessions, shares, settings,
//! grants and the audit log, on SQLite or PostgreSQL.
//! The only crate that speaks SQL. It decides nothing: who may do what is `control`'s, and it has no
//! clock of its own.

mod audit;
mod connect;
mod entity;
mod error;
mod grants;
mod guests;
mod invites;
mod members;
mod migration;
mod session_row;
mod sessions;
mod settings;
mod share_counts;
mod share_row;
mod shares;
mod sign_ins;
mod tokens;
mod ways_in;
mod words;

pub use connect::Store;
pub use error::Error;
pub use guests::{GuestRow, Joining};
pub use invites::InviteRow;
pub use members::{Change, Member};
pub use session_row::{Ending, SessionRow};
pub use sessions::{Added, Page};
pub use share_row::{DueShare, ShareChanges, ShareEnding, ShareRow};
pub use sign_ins::SignIn;
pub use ways_in::Standing;
