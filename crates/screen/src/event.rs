//! What a screen wants done outside of itself. Knows nothing else.

/// Something a program's output asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The answer to a query: to be written to the PTY, once, whether anybody watches or not.
    Reply(Vec<u8>),
    /// OSC 52: text for the clipboard of the viewer who drives, at most 1 MiB.
    Clipboard(String),
}
