//! Where a session runs, in words.

use protocol::api::Session;

/// `ada on this machine`, `ada on build-7`.
#[must_use]
pub fn place(session: &Session) -> String {
    let server = if session.server == "local" { "this machine" } else { &session.server };
    format!("{} on {server}", session.account)
}
