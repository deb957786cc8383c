//! Administration of the workspace: members, account grants, settings, all sessions, and the audit log.

pub(crate) mod all_sessions;
pub(crate) mod audit_log;
pub mod command_line;
pub(crate) mod grants;
pub(crate) mod members;
mod session_list;
pub(crate) mod settings;
