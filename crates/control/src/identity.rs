//! Authentication and permissions: passwords, sign-ins, API tokens, invites, tickets, and the
//! permissions of open connections. It depends on no session, share or administration code.

pub(crate) mod accounts;
pub(crate) mod anonymous_audit;
pub(crate) mod api_tokens;
mod attempts;
pub(crate) mod connections;
pub(crate) mod failed_attempts;
pub(crate) mod invites;
pub(crate) mod new_member;
pub(crate) mod passwords;
pub(crate) mod permissions;
pub(crate) mod set_up;
pub(crate) mod sign_ins;
pub(crate) mod tickets;
