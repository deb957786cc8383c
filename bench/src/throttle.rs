//! A TCP connection that counts the bytes it reads and can limit their rate.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use tokio_tungstenite::tungstenite::{
    Error, HandshakeError, Message, WebSocket, client, client::IntoClientRequest, http::HeaderValue,
};

use crate::stats::pause;

/// Time limit of one read, after which callers check their deadlines.
pub const READ_TIMEOUT: Duration = Duration::from_millis(20);

/// Opens a WebSocket on this machine. Its counter starts after the handshake.
pub fn open(
    port: u16,
    path: &str,
    headers: &[(&'static str, &str)],
    rate: Option<f64>,
) -> Result<WebSocket<Line>> {
    let line = Line::connect(port, rate)?;
    let mut request = format!("ws://127.0.0.1:{port}{path}").into_client_request()?;
    for (name, value) in headers {
        request.headers_mut().insert(*name, HeaderValue::from_str(value)?);
    }
    let mut attempt = client(request, line);
    loop {
        match attempt {
            Ok((mut socket, _)) => {
                socket.get_mut().read = 0;
                return Ok(socket);
            }
            Err(HandshakeError::Interrupted(middle)) => attempt = middle.handshake(),
            Err(HandshakeError::Failure(error)) => return Err(error).context("refused"),
        }
    }
}

/// Reads a message; `None` if there is none within [`READ_TIMEOUT`]. A broken socket counts as closed.
pub fn read(socket: &mut WebSocket<Line>) -> Option<Message> {
    match socket.read() {
        Ok(message) => Some(message),
        Err(Error::Io(error))
            if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
        {
            None
        }
        Err(_) => Some(Message::Close(None)),
    }
}

/// Bytes that a slow line may deliver at once.
const BURST: f64 = 16_384.0;

#[derive(Debug)]
pub struct Line {
    tcp: TcpStream,
    pub read: u64,
    rate: Option<f64>,
    allowed: f64,
    since: Instant,
}

impl Line {
    fn connect(port: u16, rate: Option<f64>) -> io::Result<Self> {
        let tcp = TcpStream::connect(("127.0.0.1", port))?;
        tcp.set_nodelay(true)?;
        tcp.set_read_timeout(Some(READ_TIMEOUT))?;
        Ok(Self { tcp, read: 0, rate, allowed: BURST, since: Instant::now() })
    }
}

impl Read for Line {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut room = buffer.len();
        if let Some(rate) = self.rate {
            loop {
                let now = Instant::now();
                let earned = now.duration_since(self.since).as_secs_f64() * rate;
                self.allowed = (self.allowed + earned).min(BURST);
                self.since = now;
                if self.allowed >= 1024.0 {
                    break;
                }
                pause(Duration::from_millis(1));
            }
            let limit = self.allowed as usize;
            room = room.min(limit);
        }
        let count = self.tcp.read(buffer.get_mut(..room).unwrap_or_default())?;
        self.read += count as u64;
        let spent = count as f64;
        self.allowed -= spent;
        Ok(count)
    }
}

impl Write for Line {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.tcp.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tcp.flush()
    }
}
