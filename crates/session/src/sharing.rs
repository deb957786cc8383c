//! Shares of the session and their guests.

pub mod shares;
