//! Sharing of sessions: links and mail invites, guests and their slots, and the end of shares.

mod expiry;
mod guest_slots;
pub(crate) mod guests;
pub(crate) mod held_cookies;
mod mail_invites;
mod password;
mod rules;
pub(crate) mod shares;
mod updates;
