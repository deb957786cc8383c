//! Every session of the workspace: the list for staff and superusers, and dropping sessions.

pub mod drop_all;
pub mod drop_sessions;
pub mod filter;
pub mod list;
pub mod table;
