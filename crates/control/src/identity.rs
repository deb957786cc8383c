//! Authentication: passwords, sign-ins, API tokens, invites, and the permissions of open connections.

mod api_tokens;
pub(crate) mod invites;
pub(crate) mod passwords;
pub(crate) mod permissions;
pub(crate) mod sign_ins;
pub(crate) mod tickets;
