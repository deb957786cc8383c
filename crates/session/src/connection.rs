//! One connection on the session's socket: framed messages in and out, never blocking. It knows no
//! session: a task drives it and hands the messages on.

use std::{
    cell::{Cell, RefCell},
    io,
};

use bytes::{Bytes, BytesMut};
use protocol::framing::{self, Channel};
use tokio::{
    io::Interest,
    net::UnixStream,
    sync::Notify,
    time::{Duration, timeout},
};

/// More than this waiting for a peer that does not read, and it is cut off. Frames are windowed, so
/// only unread history gets here.
const MAX_WAITING: usize = 1024 * 1024;

/// How long a closing connection may take to read what is left for it.
const LINGER: Duration = Duration::from_secs(2);

/// The socket and what waits to be written to it.
pub struct Connection {
    stream: UnixStream,
    waiting: RefCell<BytesMut>,
    closing: Cell<bool>,
    changed: Notify,
}

impl Connection {
    /// Takes the socket over.
    pub fn new(stream: UnixStream) -> Self {
        Self {
            stream,
            waiting: RefCell::default(),
            closing: Cell::new(false),
            changed: Notify::new(),
        }
    }

    /// Sends a message, at once if the socket takes it.
    pub fn send(&self, channel: Channel, body: &[u8]) {
        if self.closing.get() {
            return;
        }
        let mut waiting = self.waiting.borrow_mut();
        let was_empty = waiting.is_empty();
        // Judged before the message is added: one alone may be larger than the bound.
        if waiting.len() > MAX_WAITING || body.len() > framing::MAX_MESSAGE {
            waiting.clear();
            self.closing.set(true);
            self.changed.notify_one();
            return;
        }
        waiting.reserve(framing::HEADER + body.len());
        waiting.extend_from_slice(&framing::header(channel, body.len()));
        waiting.extend_from_slice(body);
        if was_empty {
            self.write(&mut waiting);
        }
        if !waiting.is_empty() || self.closing.get() {
            self.changed.notify_one();
        }
    }

    /// Ends the connection once everything sent has been read.
    pub fn close(&self, code: u16, reason: &str) {
        self.send(Channel::Close, &framing::close_body(code, reason));
        self.finish();
    }

    /// As [`close`](Self::close), without a last word.
    pub fn finish(&self) {
        self.closing.set(true);
        self.changed.notify_one();
    }

    /// Waits for the next message. None when the peer is gone, broke the framing, or the connection
    /// was closed here and the peer has read it all.
    pub async fn next(&self, received: &mut BytesMut) -> Option<Bytes> {
        loop {
            if self.closing.get() {
                // A peer that does not read must not keep the process from ending.
                let _ = timeout(LINGER, self.drain()).await;
                return None;
            }
            match framing::next(received) {
                Ok(Some((Channel::Message, body))) => return Some(body),
                Ok(Some((Channel::Close, _))) | Err(_) => return None,
                Ok(None) => {}
            }
            self.turn(received).await.ok()?;
        }
    }

    async fn turn(&self, received: &mut BytesMut) -> io::Result<()> {
        let interest = match self.waiting.borrow().is_empty() {
            true => Interest::READABLE,
            false => Interest::READABLE | Interest::WRITABLE,
        };
        let ready = tokio::select! {
            ready = self.stream.ready(interest) => ready?,
            () = self.changed.notified() => return Ok(()),
        };
        if ready.is_writable() {
            self.write(&mut self.waiting.borrow_mut());
        }
        if ready.is_readable() {
            received.reserve(4096);
            match self.stream.try_read_buf(received) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    async fn drain(&self) {
        while !self.waiting.borrow().is_empty() && self.stream.writable().await.is_ok() {
            self.write(&mut self.waiting.borrow_mut());
        }
    }

    fn write(&self, waiting: &mut BytesMut) {
        while !waiting.is_empty() {
            match self.stream.try_write(waiting) {
                Ok(n) => drop(waiting.split_to(n)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => {
                    waiting.clear();
                    self.closing.set(true);
                    return;
                }
            }
        }
        // An idle connection holds no buffer.
        *waiting = BytesMut::new();
    }
}
