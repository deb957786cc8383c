//! Reads the PTY into the session, a bounded turn at a time.

use std::{future::poll_fn, rc::Rc};

use tokio::task::yield_now;

use crate::{
    process::pty::{FULL, Pty},
    session::Shared,
};

/// Maximum output per turn, so that input and attaches wait no longer than it takes to parse this much.
const TURN: usize = 64 * 1024;

/// Maximum bytes of the first read of a turn, enough for an echo.
const FIRST_READ: usize = 4096;

pub struct Output {
    pty: Rc<Pty>,
    buffer: Vec<u8>,
    /// The last process closed the slave side, so there is no further output.
    pub closed: bool,
}

impl Output {
    pub fn new(pty: Rc<Pty>) -> Self {
        Self { pty, buffer: Vec::new(), closed: false }
    }

    /// Reads in a separate task, so that an echo does not wake the main loop. Holds no unprocessed
    /// bytes across an await, so it may be aborted.
    pub async fn read(mut self, shared: Shared) {
        loop {
            self.turn(&shared).await;
        }
    }

    /// Waits for output and processes at most one turn of it. Never resolves after the PTY is closed.
    pub async fn turn(&mut self, shared: &Shared) {
        if self.closed {
            return std::future::pending().await;
        }
        let mut filled = poll_fn(|context| {
            let mut first = [0; FIRST_READ];
            self.pty.poll_read(context, &mut first).map(|read| match read {
                Ok(filled @ 1..FULL) => {
                    shared.borrow_mut().output(&first[..filled]);
                    0
                }
                Ok(filled @ 1..) => {
                    // Allocated per burst, so that an idle session holds no buffer.
                    self.buffer.resize(TURN, 0);
                    self.buffer[..filled].copy_from_slice(&first[..filled]);
                    filled
                }
                Ok(0) | Err(_) => {
                    self.closed = true;
                    0
                }
            })
        })
        .await;
        if filled == 0 {
            return;
        }
        while let Some(free) = self.buffer.get_mut(filled..).filter(|free| !free.is_empty()) {
            match self.pty.read(free) {
                Ok(0) => {
                    self.closed = true;
                    break;
                }
                Ok(n) => filled += n,
                Err(_) => break,
            }
        }
        if let Some(bytes) = self.buffer.get(..filled).filter(|bytes| !bytes.is_empty()) {
            shared.borrow_mut().output(bytes);
        }
        if filled == TURN {
            yield_now().await;
        } else {
            self.buffer = Vec::new();
        }
    }
}
