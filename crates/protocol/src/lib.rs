//! Everything that crosses a process boundary in websh: ids, messages, lines and frames, and the
//! mirror that applies frames. Pure: no I/O, no clock; decoding never panics. It knows no SQL, HTTP,
//! terminal emulator or browser.

pub mod api;
pub mod format;
pub mod framing;
pub mod id;
pub mod line;
pub mod mirror;
pub mod modes;
pub mod style;

/// The messages of `proto/websh.proto`. Fields are explained there.
#[expect(missing_docs, clippy::all, reason = "generated; the .proto has the comments")]
pub mod wire {
    include!(concat!(env!("OUT_DIR"), "/websh.v1.rs"));
}

/// Version of the wire that this build speaks. A peer may be one behind.
pub const VERSION: u32 = 1;

/// The oldest version this build understands.
pub const OLDEST_VERSION: u32 = 1;

/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "websh.v1";

/// Longest message a viewer may send, in bytes; a longer one closes its socket with 1009.
pub const MAX_CLIENT_MESSAGE: usize = 64 * 1024;

/// Most lines in one answer to a history request.
pub const MAX_HISTORY_LINES: u32 = 500;

/// WebSocket close codes beyond those of RFC 6455.
pub mod close {
    /// The session ended; the reason is in the last message.
    pub const ENDED: u16 = 1000;
    /// A message was larger than [`super::MAX_CLIENT_MESSAGE`].
    pub const TOO_BIG: u16 = 1009;
    /// The web process restarts: come back.
    pub const RESTART: u16 = 1012;
    /// A message could not be understood, or none came.
    pub const BAD_MESSAGE: u16 = 4400;
    /// The sign-in is over.
    pub const SIGNED_OUT: u16 = 4401;
    /// Not allowed any more.
    pub const FORBIDDEN: u16 = 4403;
    /// Nobody used it for too long.
    pub const IDLE: u16 = 4408;
    /// Another client drives now.
    pub const TAKEN_OVER: u16 = 4409;
    /// The share or the session is over.
    pub const GONE: u16 = 4410;
    /// The viewer read too slowly for too long.
    pub const TOO_SLOW: u16 = 4413;
    /// Too many messages or sockets.
    pub const TOO_MANY: u16 = 4429;
}
