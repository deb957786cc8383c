//! All sessions of the workspace, for staff and superusers: the list, its filter, and dropping sessions.

pub mod drop;
pub mod filter;
pub mod list;
pub mod table;
