//! Terminals whose bytes come as the program wrote them: the bare bridge and ttyd over a WebSocket,
//! tmux in a PTY. What they mean is not looked at, only what they contain.

use std::{
    io::{self, Read, Write},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tokio_tungstenite::tungstenite::{
    Error, HandshakeError, Message, WebSocket, client, client::IntoClientRequest, http::HeaderValue,
};

use crate::{
    terminal::{LONG, Terminal},
    throttle::Line,
};

/// How long a read waits before deadlines are looked at.
const PATIENCE: Duration = Duration::from_millis(20);

/// Enough of the latest output to find a word that came in pieces.
const TAIL: usize = 256;

/// Where the bytes come from and go to.
trait Wire {
    /// Some bytes; none when nothing came for a short while.
    fn receive(&mut self) -> Result<Option<Vec<u8>>>;
    fn send(&mut self, bytes: &[u8]) -> Result<()>;
    fn read(&self) -> u64;
}

/// A terminal of raw bytes.
pub struct Raw {
    wire: Box<dyn Wire + Send>,
}

impl Raw {
    /// The bare bridge, or the bare echo.
    pub fn bridge(port: u16, rate: Option<f64>) -> Result<Self> {
        let socket = open(port, "/", None, rate)?;
        Ok(Self { wire: Box::new(Socket { socket, prefix: None }) })
    }

    /// ttyd without a password.
    pub fn ttyd(port: u16) -> Result<Self> {
        let mut socket = open(port, "/ws", Some("tty"), None)?;
        let hello = r#"{"AuthToken":"","columns":80,"rows":24}"#;
        socket.send(Message::Binary(hello.as_bytes().to_vec().into()))?;
        Ok(Self { wire: Box::new(Socket { socket, prefix: Some(b'0') }) })
    }

    /// A program in a PTY of 80×24, such as a client of tmux.
    pub fn program(command: CommandBuilder) -> Result<Self> {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size)?;
        let child = pair.slave.spawn_command(command)?;
        let mut reader = pair.master.try_clone_reader()?;
        let (sender, received) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                let bytes = buffer.get(..count).unwrap_or_default().to_vec();
                if sender.send((Instant::now(), bytes)).is_err() {
                    return;
                }
            }
        });
        let writer = pair.master.take_writer()?;
        let wire = Pty { _master: pair.master, child, writer, received, read: 0 };
        Ok(Self { wire: Box::new(wire) })
    }

    /// Waits until `wanted` says yes to the latest output.
    pub fn until(&mut self, mut wanted: impl FnMut(&[u8]) -> bool) -> Result<Instant> {
        let deadline = Instant::now() + LONG;
        let mut tail = Vec::new();
        loop {
            if let Some(bytes) = self.wire.receive()? {
                tail.extend(bytes);
                if wanted(&tail) {
                    return Ok(Instant::now());
                }
                tail.drain(..tail.len().saturating_sub(TAIL));
            }
            ensure!(
                Instant::now() < deadline,
                "it did not come: {:?}",
                String::from_utf8_lossy(&tail)
            );
        }
    }
}

impl Terminal for Raw {
    fn type_text(&mut self, text: &str) -> Result<()> {
        self.wire.send(text.as_bytes())
    }

    fn wait_for(&mut self, text: &str) -> Result<Instant> {
        self.until(|tail| contains(tail, text.as_bytes()))
    }

    fn echo(&mut self, key: char) -> Result<Duration> {
        let start = Instant::now();
        self.wire.send(key.encode_utf8(&mut [0; 4]).as_bytes())?;
        let wanted = u8::try_from(key)?;
        Ok(self.until(|tail| tail.contains(&wanted))?.duration_since(start))
    }

    fn settle(&mut self, time: Duration) -> Result<()> {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            self.wire.receive()?;
        }
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.wire.read()
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

struct Socket {
    socket: WebSocket<Line>,
    prefix: Option<u8>,
}

impl Wire for Socket {
    fn receive(&mut self) -> Result<Option<Vec<u8>>> {
        match self.socket.read() {
            Ok(Message::Binary(body)) => match self.prefix {
                None => Ok(Some(body.to_vec())),
                Some(prefix) => Ok(body.strip_prefix(&[prefix]).map(<[u8]>::to_vec)),
            },
            Ok(Message::Close(_)) => bail!("the socket closed"),
            Ok(_) => Ok(None),
            Err(Error::Io(error))
                if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        let message = [self.prefix.as_slice(), bytes].concat();
        Ok(self.socket.send(Message::Binary(message.into()))?)
    }

    fn read(&self) -> u64 {
        self.socket.get_ref().read
    }
}

fn open(
    port: u16,
    path: &str,
    subprotocol: Option<&'static str>,
    rate: Option<f64>,
) -> Result<WebSocket<Line>> {
    let line = Line::connect(port, rate, PATIENCE)?;
    let mut request = format!("ws://127.0.0.1:{port}{path}").into_client_request()?;
    if let Some(subprotocol) = subprotocol {
        let value = HeaderValue::from_static(subprotocol);
        request.headers_mut().insert("sec-websocket-protocol", value);
    }
    let mut handshake = client(request, line);
    loop {
        match handshake {
            Ok((mut socket, _)) => {
                socket.get_mut().read = 0;
                return Ok(socket);
            }
            Err(HandshakeError::Interrupted(middle)) => handshake = middle.handshake(),
            Err(HandshakeError::Failure(error)) => return Err(error).context("refused"),
        }
    }
}

struct Pty {
    _master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    received: Receiver<(Instant, Vec<u8>)>,
    read: u64,
}

impl Wire for Pty {
    fn receive(&mut self) -> Result<Option<Vec<u8>>> {
        match self.received.recv_timeout(PATIENCE) {
            Ok((_, bytes)) => {
                self.read += bytes.len() as u64;
                Ok(Some(bytes))
            }
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => bail!("the program ended"),
        }
    }

    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.writer.write_all(bytes)?;
        Ok(self.writer.flush()?)
    }

    fn read(&self) -> u64 {
        self.read
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
