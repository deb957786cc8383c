//! Clients connected to the session.

pub mod attachment;
