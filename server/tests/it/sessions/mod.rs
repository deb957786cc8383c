//! Sessions and their sockets.

pub mod attach_policies;
pub mod events;
pub mod eviction;
pub mod expiry;
pub mod full_disk;
pub mod lifecycle;
pub mod read_only;
pub mod slow_viewer;
pub mod socket;
