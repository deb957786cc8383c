//! Administration of the workspace: members, account grants, settings and everybody's sessions.

mod all_sessions;
pub mod grants;
pub mod members;
mod session_list;
mod settings;
