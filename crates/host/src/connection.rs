//! Framed messages on the Unix socket of a session.

use std::{
    future::poll_fn,
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    path::Path,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use prost::Message;
use protocol::{
    framing::{self, Channel},
    id::SessionId,
    wire::{Report, SessionRequest, session_request::Body},
};
use tokio::io::{Interest, unix::AsyncFd};

use crate::{Error, run_dir};

const READ_SIZE: usize = 8 * 1024;

/// A message from a session to a viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relayed {
    /// An encoded `ServerMessage`.
    Message(Bytes),
    /// The attachment has ended: the viewer's WebSocket must be closed like this.
    Close { code: u16, reason: String },
}

#[derive(Debug)]
pub struct Reader {
    socket: Arc<AsyncFd<UnixStream>>,
    received: BytesMut,
    /// The process that listens on the session's socket, as known to the kernel.
    pub(crate) process: Option<u32>,
}

impl Reader {
    /// Returns the next message, or `None` once the session has closed the connection.
    pub async fn next(&mut self) -> io::Result<Option<Relayed>> {
        loop {
            match framing::next(&mut self.received).map_err(io::Error::other)? {
                Some((Channel::Message, body)) => return Ok(Some(Relayed::Message(body))),
                Some((Channel::Close, body)) => {
                    let (code, reason) = framing::read_close(&body);
                    return Ok(Some(Relayed::Close { code, reason }));
                }
                None => {}
            }
            if poll_fn(|context| self.poll_read(context)).await? == 0 {
                return Ok(None);
            }
        }
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut buffer = [0; READ_SIZE];
        loop {
            let mut ready = ready!(self.socket.poll_read_ready(context))?;
            match self.socket.get_ref().read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => ready.clear_ready(),
                Err(error) => return Poll::Ready(Err(error)),
                Ok(count) => {
                    // A short read emptied the socket; another one would only return WouldBlock.
                    if count < READ_SIZE {
                        ready.clear_ready();
                    }
                    self.received.extend_from_slice(buffer.get(..count).unwrap_or_default());
                    return Poll::Ready(Ok(count));
                }
            }
        }
    }

    /// Returns the next report of a connection that carries reports.
    pub async fn report(&mut self) -> Option<Report> {
        match self.next().await {
            Ok(Some(Relayed::Message(body))) => Report::decode(body).ok(),
            _ => None,
        }
    }
}

#[derive(Debug)]
pub struct Writer {
    socket: Arc<AsyncFd<UnixStream>>,
    buffer: Vec<u8>,
}

impl Writer {
    /// Sends one message. Waits while the socket buffer is full.
    pub async fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.buffer.clear();
        self.buffer.extend_from_slice(&framing::header(Channel::Message, message.len()));
        self.buffer.extend_from_slice(message);
        let mut socket = self.socket.get_ref();
        let mut rest = self.buffer.as_slice();
        // Registered only while a write is blocked; otherwise every read by the session would wake this
        // process.
        let mut blocked = None;
        while !rest.is_empty() {
            match socket.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let blocked = match &mut blocked {
                        Some(blocked) => blocked,
                        none => none.insert(registered(socket.try_clone()?, Interest::WRITABLE)?),
                    };
                    blocked.writable().await?.clear_ready();
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn registered(socket: UnixStream, interest: Interest) -> io::Result<AsyncFd<UnixStream>> {
    #[expect(unsafe_code, reason = "tokio requires a guarantee about the descriptor")]
    // SAFETY: a UnixStream keeps the same open descriptor until it is dropped.
    Ok(unsafe { AsyncFd::register_with_interest(socket, interest) }?)
}

/// Connects to a session and sends the request that determines the use of the connection.
pub async fn request(run_dir: &Path, id: SessionId, body: Body) -> Result<(Reader, Writer), Error> {
    let stream = run_dir::connect(run_dir, id).await.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => Error::Gone,
        _ => Error::Io(error),
    })?;
    let process = stream.peer_cred()?.pid().and_then(|pid| u32::try_from(pid).ok());
    let socket = Arc::new(registered(stream.into_std()?, Interest::READABLE)?);
    let mut writer = Writer { socket: Arc::clone(&socket), buffer: Vec::new() };
    let request = SessionRequest { version: protocol::VERSION, body: Some(body) };
    writer.send(&request.encode_to_vec()).await?;
    Ok((Reader { socket, received: BytesMut::new(), process }, writer))
}
