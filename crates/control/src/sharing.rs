//! Shares of a session: rules, links, mail invitations, guests and their slots, expiry.

pub(crate) mod expiry;
pub(crate) mod guest_slots;
pub(crate) mod guests;
pub(crate) mod mail_invites;
pub(crate) mod password;
pub(crate) mod rules;
pub(crate) mod shares;
pub(crate) mod updates;
