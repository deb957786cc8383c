//! A viewer of a websh session over its WebSocket: keeps a mirror as the browser does, acknowledges
//! frames, numbers its input. It counts bytes as they come over TCP, WebSocket headers included.

use std::{
    collections::BTreeMap,
    io,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use prost::Message as _;
use protocol::{
    SUBPROTOCOL,
    mirror::Mirror,
    wire::{
        Ack, ClientMessage, Hello, HistoryRequest, Input, Key, ServerMessage, Size, client_message,
        input::Event, server_message,
    },
};
use tokio_tungstenite::tungstenite::{
    Error, Message, WebSocket, client, client::IntoClientRequest, http::HeaderValue,
};
use uuid::Uuid;

use crate::{
    terminal::{LONG, Terminal},
    throttle::Line,
};

/// How long a read waits before deadlines are looked at.
const PATIENCE: Duration = Duration::from_millis(20);

/// How to open the socket.
#[derive(Clone, Debug)]
pub struct Address {
    /// Port of the web process.
    pub port: u16,
    /// Path of the WebSocket.
    pub path: String,
    /// `Cookie` header.
    pub cookie: String,
    /// `Origin` header.
    pub origin: String,
    /// Goes into the first message.
    pub ticket: String,
}

/// What came.
#[derive(Debug)]
pub enum Happened {
    /// A frame was applied.
    Frame,
    /// Something else of the protocol.
    Other,
    /// Nothing for a short while.
    Nothing,
    /// The socket is closed, with this code if one was said.
    Closed(Option<u16>),
}

/// The viewer.
pub struct Viewer {
    socket: Option<WebSocket<Line>>,
    /// The screen as it arrived.
    pub mirror: Mirror,
    /// Lines of history that were asked for, by absolute id.
    pub history: BTreeMap<u64, String>,
    /// Frames applied.
    pub frames: u64,
    /// When the last message came.
    pub arrived: Instant,
    /// When the socket was open, before anything was said.
    pub opened: Instant,
    client: Uuid,
    next_input: u64,
    read_before: u64,
    rate: Option<f64>,
}

impl Viewer {
    /// Opens the socket and says hello.
    pub fn attach(address: &Address, rate: Option<f64>) -> Result<Self> {
        let now = Instant::now();
        let mut viewer = Self {
            socket: None,
            mirror: Mirror::default(),
            history: BTreeMap::new(),
            frames: 0,
            arrived: now,
            opened: now,
            client: Uuid::new_v4(),
            next_input: 1,
            read_before: 0,
            rate,
        };
        viewer.reattach(address)?;
        Ok(viewer)
    }

    /// Opens a new socket and goes on from the mirror it has.
    pub fn reattach(&mut self, address: &Address) -> Result<()> {
        self.leave();
        let line = Line::connect(address.port, self.rate, PATIENCE)?;
        let mut request =
            format!("ws://127.0.0.1:{}{}", address.port, address.path).into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("cookie", HeaderValue::from_str(&address.cookie)?);
        headers.insert("origin", HeaderValue::from_str(&address.origin)?);
        headers.insert("sec-websocket-protocol", HeaderValue::from_static(SUBPROTOCOL));
        let mut handshake = client(request, line);
        let (mut socket, _) = loop {
            match handshake {
                Ok(open) => break open,
                Err(tokio_tungstenite::tungstenite::HandshakeError::Interrupted(middle)) => {
                    handshake = middle.handshake();
                }
                Err(error) => bail!("the socket was refused: {error}"),
            }
        };
        socket.get_mut().read = 0;
        self.socket = Some(socket);
        self.opened = Instant::now();
        self.say(client_message::Body::Hello(Hello {
            version: protocol::VERSION,
            ticket: address.ticket.clone(),
            client: self.client.as_bytes().to_vec(),
            position: self.mirror.position(),
            next_input: self.next_input,
            device: "bench".into(),
            take_over: false,
        }))
    }

    /// Closes the socket, if there is one.
    pub fn leave(&mut self) {
        if let Some(mut socket) = self.socket.take() {
            self.read_before += socket.get_ref().read;
            let _ = socket.close(None);
            let _ = socket.flush();
        }
    }

    fn say(&mut self, body: client_message::Body) -> Result<()> {
        let socket = self.socket.as_mut().context("the viewer is not attached")?;
        let message = ClientMessage { body: Some(body) }.encode_to_vec();
        Ok(socket.send(Message::Binary(message.into()))?)
    }

    /// Sends one piece of input.
    pub fn input(&mut self, event: Event) -> Result<()> {
        let number = self.next_input;
        self.next_input += 1;
        self.say(client_message::Body::Input(Input { number, event: Some(event) }))
    }

    /// Sends a key as the browser does.
    pub fn key(&mut self, key: &str, modifiers: u32) -> Result<()> {
        self.input(Event::Key(Key { key: key.into(), modifiers, ..Key::default() }))
    }

    /// Changes the size of the session.
    pub fn resize(&mut self, columns: u32, rows: u32) -> Result<()> {
        self.input(Event::Resize(Size { columns, rows }))
    }

    /// Asks for lines of history.
    pub fn ask_history(&mut self, first: u64, count: u32) -> Result<()> {
        self.say(client_message::Body::History(HistoryRequest { first, count }))
    }

    /// Takes in one message, or waits a short while for one.
    pub fn step(&mut self) -> Result<Happened> {
        let socket = self.socket.as_mut().context("the viewer is not attached")?;
        let message = match socket.read() {
            Ok(Message::Binary(body)) => body,
            Ok(Message::Close(frame)) => {
                return Ok(Happened::Closed(frame.map(|frame| frame.code.into())));
            }
            Ok(_) => return Ok(Happened::Other),
            Err(Error::Io(error))
                if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
            {
                return Ok(Happened::Nothing);
            }
            Err(_) => return Ok(Happened::Closed(None)),
        };
        self.arrived = Instant::now();
        match ServerMessage::decode(message)?.body {
            Some(server_message::Body::Frame(frame)) => {
                self.mirror.apply(&frame)?;
                self.frames += 1;
                self.say(client_message::Body::Ack(Ack { frames: 1 }))?;
                Ok(Happened::Frame)
            }
            Some(server_message::Body::History(history)) => {
                let ids = history.first..;
                self.history.extend(ids.zip(history.lines).map(|(id, line)| (id, line.text)));
                Ok(Happened::Other)
            }
            _ => Ok(Happened::Other),
        }
    }

    /// Reads to the end of the socket and acknowledges nothing of it; the code it was closed with.
    pub fn close_code(&mut self) -> Result<Option<u16>> {
        let socket = self.socket.as_mut().context("the viewer is not attached")?;
        let deadline = Instant::now() + LONG;
        while Instant::now() < deadline {
            match socket.read() {
                Ok(Message::Close(frame)) => return Ok(frame.map(|frame| frame.code.into())),
                Ok(_) => {}
                Err(Error::Io(error))
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                    ) => {}
                Err(_) => return Ok(None),
            }
        }
        bail!("the socket was left open")
    }

    /// Takes in messages until the mirror is as wanted; says when the last one came.
    pub fn until(&mut self, mut wanted: impl FnMut(&Mirror) -> bool) -> Result<Instant> {
        let deadline = Instant::now() + LONG;
        while !wanted(&self.mirror) {
            if let Happened::Closed(code) = self.step()? {
                bail!("the socket closed ({code:?})");
            }
            ensure!(Instant::now() < deadline, "it did not come: {:?}", self.text());
        }
        Ok(self.arrived)
    }

    /// The rows that are not blank.
    pub fn text(&self) -> Vec<&str> {
        let rows = self.mirror.lines().iter().map(|line| line.text.as_str());
        rows.filter(|row| !row.is_empty()).collect()
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Terminal for Viewer {
    fn type_text(&mut self, text: &str) -> Result<()> {
        self.input(Event::Text(text.into()))
    }

    fn wait_for(&mut self, text: &str) -> Result<Instant> {
        self.until(|mirror| mirror.lines().iter().any(|line| line.text.contains(text)))
    }

    fn echo(&mut self, key: char) -> Result<Duration> {
        let before = self.mirror.cursor();
        let start = Instant::now();
        self.key(key.encode_utf8(&mut [0; 4]), 0)?;
        Ok(self.until(|mirror| mirror.cursor() != before)?.duration_since(start))
    }

    fn settle(&mut self, time: Duration) -> Result<()> {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            if let Happened::Closed(code) = self.step()? {
                bail!("the socket closed ({code:?})");
            }
        }
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.read_before + self.socket.as_ref().map_or(0, |socket| socket.get_ref().read)
    }
}
