//! Shares and guests.

pub mod guests;
pub mod mail;
pub mod several_shares;
pub mod shares;
