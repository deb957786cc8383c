//! Rows in the types of the other crates, and their conversion from and to entities.

pub(crate) mod guest;
pub(crate) mod invite;
pub(crate) mod member;
pub(crate) mod session;
pub(crate) mod share;
pub(crate) mod sign_in;

pub use guest::GuestRow;
pub use invite::InviteRow;
pub use member::Member;
pub use session::{Ending, SessionRow};
pub use share::{ShareChanges, ShareContext, ShareEnding, ShareRow};
pub use sign_in::SignIn;
