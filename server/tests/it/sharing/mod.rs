//! Shares and guests.

pub mod guests;
pub mod mail;
pub mod shares;
