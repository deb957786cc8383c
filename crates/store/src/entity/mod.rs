//! Entities, one file per table, and their rows in the types of the other crates. Columns are plain
//! values.

pub(crate) mod account_grant;
pub(crate) mod audit;
pub(crate) mod device;
pub(crate) mod guest;
pub(crate) mod invite;
pub(crate) mod member;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod share;
pub(crate) mod sign_in;
pub(crate) mod token;
