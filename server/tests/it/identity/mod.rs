//! Members, sign-ins, tokens and accounts.

pub mod accounts;
pub mod changed_member;
pub mod members;
pub mod sign_in;
pub mod tokens;
