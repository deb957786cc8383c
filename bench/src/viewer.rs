//! A viewer of a websh session over its WebSocket, which drives the same client as the browser does. It
//! counts bytes as they come over TCP, WebSocket headers included.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use client::{Action, Client, Event, Notification, Target};
use protocol::{
    SUBPROTOCOL,
    api::AttachMode,
    id::ClientId,
    mirror::Mirror,
    wire::{Key, Size, client_message::Body, input::Event as Input},
};
use tokio_tungstenite::tungstenite::{Message, WebSocket};
use uuid::Uuid;

use crate::{
    terminal::{LONG, Terminal},
    throttle::{Line, open, read},
};

/// Close code of a connection without a close frame.
const ABNORMAL: u16 = 1006;

/// Parameters of a WebSocket.
#[derive(Clone, Debug)]
pub struct Address {
    pub mode: AttachMode,
    pub port: u16,
    pub path: String,
    pub cookie: String,
    pub origin: String,
    pub ticket: String,
}

/// The viewer. It passes no time to its client, so it sends no pings and no presence.
pub struct Viewer {
    socket: Option<WebSocket<Line>>,
    client: Client,
    /// Requested lines of history, by absolute id.
    pub history: BTreeMap<u64, String>,
    pub frames: u64,
    pub arrived: Instant,
    /// Time at which the socket was open, before the first message.
    pub opened: Instant,
    read_before: u64,
    rate: Option<f64>,
}

impl Viewer {
    /// Opens the socket and sends the hello.
    pub fn attach(address: &Address, rate: Option<f64>) -> Result<Self> {
        let now = Instant::now();
        let mut viewer = Self {
            socket: None,
            client: Client::new(
                ClientId(Uuid::new_v4()),
                "bench".into(),
                address.mode,
                Target::default(),
            ),
            history: BTreeMap::new(),
            frames: 0,
            arrived: now,
            opened: now,
            read_before: 0,
            rate,
        };
        viewer.reattach(address)?;
        Ok(viewer)
    }

    /// Opens a new socket and continues from the current mirror.
    pub fn reattach(&mut self, address: &Address) -> Result<()> {
        self.leave();
        self.on(Event::Start { take_over: false })?;
        self.on(Event::Ticket(Target::default()))?;
        let headers = [
            ("cookie", address.cookie.as_str()),
            ("origin", address.origin.as_str()),
            ("sec-websocket-protocol", SUBPROTOCOL),
        ];
        let opened = open(address.port, &address.path, &headers, self.rate);
        if opened.is_err() {
            self.on(Event::Failed)?;
        }
        self.socket = Some(opened?);
        self.opened = Instant::now();
        let hello = self.client.hello(address.ticket.clone());
        self.send(client::encode(Body::Hello(hello)))
    }

    /// Closes the socket, if there is one.
    pub fn leave(&mut self) {
        if let Some(mut socket) = self.socket.take() {
            self.read_before += socket.get_ref().read;
            let _ = socket.close(None);
            let _ = socket.flush();
            let _ = self.on(Event::Closed(ABNORMAL));
        }
    }

    pub fn mirror(&self) -> &Mirror {
        self.client.mirror()
    }

    fn send(&mut self, message: Vec<u8>) -> Result<()> {
        let socket = self.socket.as_mut().context("the viewer is not attached")?;
        Ok(socket.send(Message::Binary(message.into()))?)
    }

    fn on(&mut self, event: Event) -> Result<()> {
        self.client.on(event, 0, 0.0);
        self.perform()
    }

    fn perform(&mut self) -> Result<()> {
        while let Some(action) = self.client.poll() {
            match action {
                Action::Send(message) => self.send(message)?,
                Action::Notify(Notification::Frame(_)) => self.frames += 1,
                Action::Notify(Notification::History(history)) => {
                    let ids = history.first..;
                    self.history.extend(ids.zip(history.lines).map(|(id, line)| (id, line.text)));
                }
                Action::Attach(_)
                | Action::Open
                | Action::Close
                | Action::ReportPresence
                | Action::Notify(_) => {}
            }
        }
        ensure!(!self.client.is_stale(), "a frame does not fit the mirror");
        Ok(())
    }

    pub fn input(&mut self, event: Input) -> Result<()> {
        self.client.input(event)?;
        self.perform()
    }

    /// Sends a key as the browser does.
    pub fn key(&mut self, key: &str, modifiers: u32) -> Result<()> {
        self.input(Input::Key(Key { key: key.into(), modifiers, ..Key::default() }))
    }

    pub fn resize(&mut self, columns: u32, rows: u32) -> Result<()> {
        self.input(Input::Resize(Size { columns, rows }))
    }

    pub fn request_history(&mut self, first: u64, count: u32) -> Result<()> {
        self.client.request_history(first, count);
        self.perform()
    }

    /// Processes one message, or waits a short time for one. A closed socket is an error.
    pub fn step(&mut self) -> Result<()> {
        match self.read()? {
            Some(Message::Binary(body)) => {
                self.arrived = Instant::now();
                self.client.receive(&body, 0);
                self.perform()
            }
            Some(Message::Close(frame)) => {
                bail!("the socket closed ({:?})", frame.map(|frame| u16::from(frame.code)))
            }
            _ => Ok(()),
        }
    }

    fn read(&mut self) -> Result<Option<Message>> {
        Ok(read(self.socket.as_mut().context("the viewer is not attached")?))
    }

    /// Reads to the end of the socket without acknowledging anything, and returns its close code.
    pub fn close_code(&mut self) -> Result<Option<u16>> {
        let deadline = Instant::now() + LONG;
        while Instant::now() < deadline {
            if let Some(Message::Close(frame)) = self.read()? {
                return Ok(frame.map(|frame| frame.code.into()));
            }
        }
        bail!("the socket was left open")
    }

    /// Processes messages until `wanted` accepts the mirror; returns the time of the last one.
    pub fn until(&mut self, mut wanted: impl FnMut(&Mirror) -> bool) -> Result<Instant> {
        let deadline = Instant::now() + LONG;
        while !wanted(self.mirror()) {
            self.step()?;
            ensure!(Instant::now() < deadline, "timed out; the screen shows {:?}", self.text());
        }
        Ok(self.arrived)
    }

    pub fn text(&self) -> Vec<&str> {
        let rows = self.mirror().lines.iter().map(|line| line.text.as_str());
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
        self.input(Input::Text(text.into()))
    }

    fn wait_for(&mut self, text: &str) -> Result<Instant> {
        self.until(|mirror| mirror.lines.iter().any(|line| line.text.contains(text)))
    }

    fn echo(&mut self, key: char) -> Result<Duration> {
        let before = self.mirror().cursor;
        let start = Instant::now();
        self.key(key.encode_utf8(&mut [0; 4]), 0)?;
        Ok(self.until(|mirror| mirror.cursor != before)?.duration_since(start))
    }

    fn settle(&mut self, time: Duration) -> Result<()> {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            self.step()?;
        }
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.read_before + self.socket.as_ref().map_or(0, |socket| socket.get_ref().read)
    }
}
