//! Everything that crosses a process boundary in websh: ids, messages, lines and frames, and the
//! mirror that applies frames. Pure: no I/O, no clock; decoding never panics. It does not
//! depend on SQL, HTTP, the terminal emulator or the browser.

#![expect(missing_docs, reason = "items that their name describes have no doc")]

pub mod api;
pub mod format;
pub mod framing;
pub mod id;
pub mod line;
pub mod mirror;
pub mod modes;
pub mod style;

/// Messages of `proto/websh.proto`, which documents the fields.
#[expect(clippy::all, reason = "generated; the .proto has the comments")]
pub mod wire {
    include!(concat!(env!("OUT_DIR"), "/websh.v1.rs"));
}

/// Version of the protocol in this build. A peer may be one version behind.
pub const VERSION: u32 = 1;

pub const OLDEST_VERSION: u32 = 1;

/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "websh.v1";

/// Longest message of a viewer, in bytes; a longer one closes its socket with 1009.
pub const MAX_CLIENT_MESSAGE: usize = 64 * 1024;

/// Most lines in one response to a history request.
pub const MAX_HISTORY_LINES: u32 = 500;

/// WebSocket close codes.
pub mod close {
    /// The session ended; the last message has the reason.
    pub const ENDED: u16 = 1000;
    /// The connection broke without a close frame; never sent (RFC 6455, 7.4.1).
    pub const ABNORMAL: u16 = 1006;
    /// A message was larger than [`super::MAX_CLIENT_MESSAGE`].
    pub const TOO_BIG: u16 = 1009;
    /// The web process restarts; reconnect.
    pub const RESTART: u16 = 1012;
    /// A message was malformed, or the first one did not arrive.
    pub const BAD_MESSAGE: u16 = 4400;
    /// The sign-in is over.
    pub const SIGNED_OUT: u16 = 4401;
    /// Access was withdrawn.
    pub const FORBIDDEN: u16 = 4403;
    /// The session expired.
    pub const IDLE: u16 = 4408;
    /// Another client drives now.
    pub const TAKEN_OVER: u16 = 4409;
    /// The share or the session is over.
    pub const GONE: u16 = 4410;
    /// The viewer did not read for too long.
    pub const TOO_SLOW: u16 = 4413;
    /// Too many messages or sockets.
    pub const TOO_MANY: u16 = 4429;
}
