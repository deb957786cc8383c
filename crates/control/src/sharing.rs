//! Sharing of sessions: links and mail invites, guests and their slots, and the end of shares.

pub(crate) mod expiry;
pub(crate) mod guest_slots;
pub(crate) mod guests;
pub(crate) mod mail_invites;
mod password;
mod rules;
pub(crate) mod shares;
pub(crate) mod updates;
