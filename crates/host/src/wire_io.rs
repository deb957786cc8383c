//! Framed messages over a session's Unix socket.

use std::{io, path::Path};

use bytes::{Bytes, BytesMut};
use prost::Message;
use protocol::{
    framing::{self, Channel},
    id::SessionId,
    wire::{Report, SessionRequest, session_request::Body},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::unix::{OwnedReadHalf, OwnedWriteHalf},
};

use crate::{Error, run_dir};

/// What a session sends to a viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relayed {
    /// A `ServerMessage`, unread.
    Message(Bytes),
    /// The attachment is over: close the viewer's socket so.
    Close {
        /// WebSocket close code.
        code: u16,
        /// One sentence.
        reason: String,
    },
}

/// The receiving half.
#[derive(Debug)]
pub struct Reader {
    socket: OwnedReadHalf,
    received: BytesMut,
}

impl Reader {
    /// The next message; none once the session closed the connection.
    ///
    /// # Errors
    /// The connection broke, or the peer does not speak the framing.
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
            self.received.reserve(8 * 1024);
            if self.socket.read_buf(&mut self.received).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// The next message of a connection that carries reports; none once there are no more.
    pub async fn report(&mut self) -> Option<Report> {
        match self.next().await {
            Ok(Some(Relayed::Message(body))) => Report::decode(body).ok(),
            _ => None,
        }
    }
}

/// The sending half.
#[derive(Debug)]
pub struct Writer {
    socket: OwnedWriteHalf,
    buffer: Vec<u8>,
}

impl Writer {
    /// Sends one message, waiting while the session is behind.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.buffer.clear();
        self.buffer.extend_from_slice(&framing::header(Channel::Message, message.len()));
        self.buffer.extend_from_slice(message);
        self.socket.write_all(&self.buffer).await
    }
}

/// Opens a connection to a session and gives it its purpose.
pub async fn request(run_dir: &Path, id: SessionId, body: Body) -> Result<(Reader, Writer), Error> {
    let stream = run_dir::connect(run_dir, id).await.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => Error::Gone,
        _ => Error::Io(error),
    })?;
    let (reader, writer) = stream.into_split();
    let mut writer = Writer { socket: writer, buffer: Vec::new() };
    let request = SessionRequest { version: protocol::VERSION, body: Some(body) };
    writer.send(&request.encode_to_vec()).await?;
    Ok((Reader { socket: reader, received: BytesMut::new() }, writer))
}
