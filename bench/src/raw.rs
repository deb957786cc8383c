//! Terminals that deliver the bytes of the program: the bare bridge and ttyd over a WebSocket, tmux in a
//! PTY. The bytes are searched, not interpreted.

use std::{
    io::{Read, Write},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
use portable_pty::{Child, CommandBuilder, MasterPty};
use tokio_tungstenite::tungstenite::{Message, WebSocket};

use crate::{
    terminal::{LONG, Terminal, pty},
    throttle::{Line, READ_TIMEOUT, open, read},
};

/// Bytes of the latest output to keep, enough for a word that arrives in parts.
const TAIL: usize = 256;

/// A connection for bytes.
trait Wire {
    /// Returns bytes, or `None` if none arrived for a short time.
    fn receive(&mut self) -> Result<Option<Vec<u8>>>;
    fn send(&mut self, bytes: &[u8]) -> Result<()>;
    fn read(&self) -> u64;
}

/// A terminal that delivers raw bytes.
pub struct Raw {
    wire: Box<dyn Wire + Send>,
}

impl Raw {
    pub fn bridge(port: u16, rate: Option<f64>) -> Result<Self> {
        let socket = open(port, "/", &[], rate)?;
        Ok(Self { wire: Box::new(Socket { socket, prefix: None }) })
    }

    pub fn ttyd(port: u16) -> Result<Self> {
        let mut socket = open(port, "/ws", &[("sec-websocket-protocol", "tty")], None)?;
        let hello = r#"{"AuthToken":"","columns":80,"rows":24}"#;
        socket.send(Message::Binary(hello.as_bytes().to_vec().into()))?;
        Ok(Self { wire: Box::new(Socket { socket, prefix: Some(b'0') }) })
    }

    /// Starts a program in a PTY of 80×24, such as a tmux client.
    pub fn program(command: CommandBuilder) -> Result<Self> {
        let pair = pty()?;
        let child = pair.slave.spawn_command(command)?;
        let mut reader = pair.master.try_clone_reader()?;
        let (sender, received) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                let bytes = buffer.get(..count).unwrap_or_default().to_vec();
                if sender.send(bytes).is_err() {
                    return;
                }
            }
        });
        let writer = pair.master.take_writer()?;
        let wire = Pty { _master: pair.master, child, writer, received, read: 0 };
        Ok(Self { wire: Box::new(wire) })
    }

    /// Waits until `wanted` accepts the latest output.
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
                "timed out; the output ends with {:?}",
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
        self.until(|tail| tail.windows(text.len()).any(|window| window == text.as_bytes()))
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

struct Socket {
    socket: WebSocket<Line>,
    prefix: Option<u8>,
}

impl Wire for Socket {
    fn receive(&mut self) -> Result<Option<Vec<u8>>> {
        match read(&mut self.socket) {
            Some(Message::Binary(body)) => {
                Ok(body.strip_prefix(self.prefix.as_slice()).map(<[u8]>::to_vec))
            }
            Some(Message::Close(_)) => bail!("the socket closed"),
            _ => Ok(None),
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

struct Pty {
    _master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    received: Receiver<Vec<u8>>,
    read: u64,
}

impl Wire for Pty {
    fn receive(&mut self) -> Result<Option<Vec<u8>>> {
        match self.received.recv_timeout(READ_TIMEOUT) {
            Ok(bytes) => {
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
