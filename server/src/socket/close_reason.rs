//! Reasons for which the server closes a WebSocket.

use std::time::Duration;

use protocol::close;

/// Time for a client to answer a close frame.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Grace period for an evicted viewer to drain its last messages, and then again to answer the close
/// frame. Together they stay below the 2 s after which an evicted viewer must be gone.
const EVICTION_GRACE: Duration = Duration::from_millis(900);

/// Close code and sentence of a WebSocket that the server closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseReason {
    pub code: u16,
    /// One sentence for people.
    pub reason: String,
}

impl CloseReason {
    pub fn new(code: u16, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }

    /// Returns whether the viewer has lost its access to the session.
    pub fn is_eviction(&self) -> bool {
        matches!(self.code, close::GONE | close::FORBIDDEN | close::SIGNED_OUT)
    }

    /// Returns the time for the viewer to receive its last messages.
    pub fn grace(&self) -> Duration {
        if self.is_eviction() { EVICTION_GRACE } else { CLOSE_TIMEOUT }
    }

    /// Returns the sentence cut to the 123 bytes that fit a close frame (RFC 6455, 5.5.1).
    pub fn shortened(&self) -> &str {
        self.reason.get(..self.reason.floor_char_boundary(123)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_fit_a_close_frame() {
        assert_eq!(CloseReason::new(0, "short").shortened(), "short");
        assert_eq!(CloseReason::new(0, "é".repeat(100)).shortened().len(), 122);
    }
}
