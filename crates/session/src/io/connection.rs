//! One connection on the session's socket: framed messages in and out, never blocking. It knows no
//! session: a task drives it and hands the messages on.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    io,
    task::{Context, Poll, Waker, ready},
};

use bytes::{Bytes, BytesMut};
use protocol::framing::{self, Channel};
use rustix::{
    io::Errno,
    net::{SendFlags, send},
};
use tokio::{
    net::UnixStream,
    time::{Duration, timeout},
};

use crate::io::descriptor::Descriptor;

/// More than this waiting for a peer that does not read, and it is cut off. Frames are windowed, so
/// only unread history gets here.
const MAX_WAITING: usize = 1024 * 1024;

/// How long a closing connection may take to read what is left for it.
const LINGER: Duration = Duration::from_secs(2);

/// Bytes taken from the socket at once.
const READ: usize = 4096;

/// The socket and what waits to be written to it.
pub struct Connection {
    socket: Descriptor,
    waiting: RefCell<BytesMut>,
    closing: Cell<bool>,
    /// The task in [`next`](Self::next).
    task: RefCell<Option<Waker>>,
}

impl Connection {
    /// Takes the socket over.
    ///
    /// # Errors
    /// It can't be waited for.
    pub fn new(stream: UnixStream) -> io::Result<Self> {
        Ok(Self {
            socket: Descriptor::new(stream.into_std()?.into())?,
            waiting: RefCell::default(),
            closing: Cell::new(false),
            task: RefCell::default(),
        })
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
            self.changed();
            return;
        }
        waiting.reserve(framing::HEADER + body.len());
        waiting.extend_from_slice(&framing::header(channel, body.len()));
        waiting.extend_from_slice(body);
        if was_empty {
            self.write(&mut waiting);
        }
        if !waiting.is_empty() || self.closing.get() {
            self.changed();
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
        self.changed();
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
            poll_fn(|context| self.poll_turn(context, received)).await.ok()?;
        }
    }

    /// Ready once something came or the connection is to be looked at again.
    fn poll_turn(
        &self,
        context: &mut Context<'_>,
        received: &mut BytesMut,
    ) -> Poll<io::Result<()>> {
        match &mut *self.task.borrow_mut() {
            Some(task) => task.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        let _ = self.poll_drain(context);
        if self.closing.get() {
            return Poll::Ready(Ok(()));
        }
        let mut buffer = [0; READ];
        let count = ready!(self.socket.poll_read(context, &mut buffer, READ))?;
        let some = buffer.get(..count).filter(|some| !some.is_empty());
        received.extend_from_slice(some.ok_or(io::ErrorKind::UnexpectedEof)?);
        Poll::Ready(Ok(()))
    }

    fn changed(&self) {
        if let Some(task) = self.task.borrow().as_ref() {
            task.wake_by_ref();
        }
    }

    async fn drain(&self) {
        poll_fn(|context| self.poll_drain(context)).await;
    }

    /// Ready once nothing waits to be written any more.
    fn poll_drain(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut waiting = self.waiting.borrow_mut();
        while !waiting.is_empty() {
            self.write(&mut waiting);
            if !waiting.is_empty() && ready!(self.socket.poll_writable(context)).is_err() {
                break;
            }
        }
        Poll::Ready(())
    }

    fn write(&self, waiting: &mut BytesMut) {
        while !waiting.is_empty() {
            match send(&self.socket, waiting, SendFlags::NOSIGNAL) {
                Ok(n) => drop(waiting.split_to(n)),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Err(_) => {
                    waiting.clear();
                    self.closing.set(true);
                    return;
                }
            }
        }
        // An idle connection holds no buffer.
        *waiting = BytesMut::new();
        self.socket.written();
    }
}
