//! Entities, one file per table. Columns are plain values, converted by `rows` and `queries`.

pub(crate) mod account_grant;
pub(crate) mod audit;
pub(crate) mod guest;
pub(crate) mod invite;
pub(crate) mod member;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod share;
pub(crate) mod sign_in;
pub(crate) mod token;
