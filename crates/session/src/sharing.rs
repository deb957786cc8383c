//! Shares of the session and their guests. Pure: knows no connection and no baton.

mod share;
pub mod shares;
