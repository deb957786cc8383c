//! One connection on the session's socket: framed messages in and out, without blocking. A task drives
//! it and passes the messages on; it does not depend on the session.

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

use super::descriptor::Descriptor;

/// Unsent bytes above which a peer is disconnected. Only unread history gets this far.
const MAX_UNSENT: usize = 1024 * 1024;

/// Grace period for a closing connection to read its last messages.
const LINGER: Duration = Duration::from_secs(2);

const READ: usize = 4096;

pub struct Connection {
    socket: Descriptor,
    unsent: RefCell<BytesMut>,
    closing: Cell<bool>,
    /// The task in [`next`](Self::next).
    task: RefCell<Option<Waker>>,
}

impl Connection {
    pub fn new(stream: UnixStream) -> io::Result<Self> {
        Ok(Self {
            socket: Descriptor::new(stream.into_std()?.into())?,
            unsent: RefCell::default(),
            closing: Cell::new(false),
            task: RefCell::default(),
        })
    }

    /// Sends a message, immediately if the socket accepts it.
    pub fn send(&self, channel: Channel, body: &[u8]) {
        if self.closing.get() {
            return;
        }
        let mut unsent = self.unsent.borrow_mut();
        let was_empty = unsent.is_empty();
        // Checked before the message is added: a single message may exceed the bound.
        if unsent.len() > MAX_UNSENT || body.len() > framing::MAX_MESSAGE {
            unsent.clear();
            self.closing.set(true);
            self.wake();
            return;
        }
        unsent.reserve(framing::HEADER + body.len());
        unsent.extend_from_slice(&framing::header(channel, body.len()));
        unsent.extend_from_slice(body);
        if was_empty {
            self.write(&mut unsent);
        }
        if !unsent.is_empty() || self.closing.get() {
            self.wake();
        }
    }

    /// Closes the connection after everything sent was read.
    pub fn close(&self, code: u16, reason: &str) {
        self.send(Channel::Close, &framing::close_body(code, reason));
        self.finish();
    }

    /// Like [`close`](Self::close), without a close message.
    pub fn finish(&self) {
        self.closing.set(true);
        self.wake();
    }

    /// Waits for the next message. Returns none when the peer is gone or broke the framing, or when
    /// this side closed the connection and the peer has read everything.
    pub async fn next(&self, received: &mut BytesMut) -> Option<Bytes> {
        loop {
            if self.closing.get() {
                // A peer that does not read must not keep the process from ending.
                let _ = timeout(LINGER, poll_fn(|context| self.poll_drain(context))).await;
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

    /// Ready after bytes arrived or this side closed the connection.
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

    fn wake(&self) {
        if let Some(task) = self.task.borrow().as_ref() {
            task.wake_by_ref();
        }
    }

    /// Ready when everything was written.
    fn poll_drain(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut unsent = self.unsent.borrow_mut();
        while !unsent.is_empty() {
            self.write(&mut unsent);
            if !unsent.is_empty() && ready!(self.socket.poll_writable(context)).is_err() {
                break;
            }
        }
        Poll::Ready(())
    }

    fn write(&self, unsent: &mut BytesMut) {
        while !unsent.is_empty() {
            match send(&self.socket, unsent, SendFlags::NOSIGNAL) {
                Ok(n) => drop(unsent.split_to(n)),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Err(_) => {
                    unsent.clear();
                    self.closing.set(true);
                    return;
                }
            }
        }
        // An idle connection holds no buffer.
        *unsent = BytesMut::new();
        self.socket.written();
    }
}
