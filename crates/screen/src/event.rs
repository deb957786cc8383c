//! Effects of program output outside the screen.

/// Effect that program output requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Reply to a query, to be written to the PTY once, regardless of viewers.
    Reply(Vec<u8>),
    /// Text for the clipboard of the driver (OSC 52), at most 1 MiB.
    Clipboard(String),
}
