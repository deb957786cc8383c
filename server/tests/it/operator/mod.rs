//! Operation of the workspace.

pub mod drop;
pub mod sessions;
