//! The connection of the page: performs the actions of its [`Client`] with tickets, a socket and one
//! timer, and shows the state of the connection.

use std::{
    cell::{Cell, Ref, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

use client::{Action, Client, Event, Notification, Target, ending, link::State};
use leptos::prelude::{Set, TimeoutHandle, set_timeout_with_handle};
use protocol::{
    api::{Attach, AttachMode, Ticket},
    id::ClientId,
    wire::client_message::Body,
};
use uuid::Uuid;
use wasm_bindgen_futures::spawn_local;

use super::socket::{Incoming, Socket};
use crate::{
    browser, format,
    terminal::{Attachment, Ui, set_changed},
};

/// Change for the terminal to show.
pub enum Update {
    Notification(Notification),
    /// The session expects the visibility and the colours of the page.
    ReportPresence,
    Closed,
}

pub struct Connection {
    this: Weak<Self>,
    client: RefCell<Client>,
    pub attachment: Attachment,
    ui: Ui,
    socket: RefCell<Option<Socket>>,
    ticket: RefCell<Option<Ticket>>,
    /// Number of the current attempt; what an earlier one delivers is ignored.
    attempt: Cell<u64>,
    timer: Cell<Option<TimeoutHandle>>,
    update: Box<dyn Fn(Update)>,
}

impl Connection {
    /// Returns a closed connection. `update` receives every change.
    pub fn new(
        attachment: Attachment,
        mode: AttachMode,
        ui: Ui,
        update: impl Fn(Update) + 'static,
    ) -> Rc<Self> {
        let id = ClientId(Uuid::new_v4());
        let device = format::device(&browser::user_agent());
        let client = Client::new(id, device, mode, attachment.target());
        Rc::new_cyclic(|this| Self {
            this: this.clone(),
            client: RefCell::new(client),
            attachment,
            ui,
            socket: RefCell::new(None),
            ticket: RefCell::new(None),
            attempt: Cell::new(0),
            timer: Cell::new(None),
            update: Box::new(update),
        })
    }

    pub fn client(&self) -> Ref<'_, Client> {
        self.client.borrow()
    }

    /// Calls a method of the client and performs the actions that follow.
    pub fn with<R>(&self, call: impl FnOnce(&mut Client) -> R) -> R {
        let result = call(&mut self.client.borrow_mut());
        self.run();
        result
    }

    pub fn on(&self, event: Event) {
        let now = browser::steady_millis();
        self.with(|client| client.on(event, now, js_sys::Math::random()));
        self.show_state();
        self.arm();
    }

    fn receive(&self, message: &[u8]) {
        let before = self.client().state();
        self.with(|client| client.receive(message, browser::steady_millis()));
        // Messages arrive often, so the timer may run out early.
        if self.client().state() != before {
            self.show_state();
            self.arm();
        }
    }

    fn run(&self) {
        loop {
            let action = self.client.borrow_mut().poll();
            let Some(action) = action else { break };
            self.perform(action);
        }
        let pending = self.client().pending_inputs();
        set_changed(self.ui.waiting, pending);
    }

    fn perform(&self, action: Action) {
        match action {
            Action::Attach(attach) => self.request_ticket(attach),
            Action::Open => self.open(),
            Action::Send(bytes) => {
                if let Some(socket) = &*self.socket.borrow() {
                    socket.send(bytes);
                }
            }
            Action::Close => {
                self.attempt.set(self.attempt.get() + 1);
                self.socket.take();
                (self.update)(Update::Closed);
            }
            Action::ReportPresence => (self.update)(Update::ReportPresence),
            Action::Notify(notification) => (self.update)(Update::Notification(notification)),
        }
    }

    fn request_ticket(&self, attach: Attach) {
        let (this, attachment) = (self.this.clone(), self.attachment.clone());
        let attempt = self.attempt.get();
        spawn_local(async move {
            let answer = attachment.ticket(&attach).await;
            let Some(this) = this.upgrade().filter(|this| this.attempt.get() == attempt) else {
                return;
            };
            match answer {
                Ok(ticket) => {
                    let target = Target::from(&ticket);
                    this.ticket.replace(Some(ticket));
                    this.on(Event::Ticket(target));
                }
                Err(error) if ending::is_transient(error.code()) => this.on(Event::Failed),
                Err(error) => {
                    this.ui.ending.set(Some(attachment.refused(error)));
                    this.on(Event::Refused);
                }
            }
        });
    }

    fn open(&self) {
        let Some(ticket) = self.ticket.take() else { return };
        let hello = client::encode(Body::Hello(self.client().hello(ticket.ticket)));
        let (this, attempt) = (self.this.clone(), self.attempt.get());
        let receive = move |incoming: Incoming| {
            if let Some(this) = this.upgrade().filter(|this| this.attempt.get() == attempt) {
                match incoming {
                    Ok(bytes) => this.receive(&bytes),
                    Err(code) => this.on(Event::Closed(code)),
                }
            }
        };
        let socket = Socket::open(&address(&ticket.url), &ticket.subprotocol, hello, receive);
        let failed = socket.is_none();
        self.socket.replace(socket);
        if failed {
            self.on(Event::Failed);
        }
    }

    /// Sets the timer to the next time at which something is due.
    fn arm(&self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
        let now = browser::steady_millis();
        let wake = match self.client().state() {
            // The page counts the seconds down.
            State::Waiting { until } => {
                Some(until.min(now + (until.saturating_sub(now) % 1000).max(50)))
            }
            _ => self.client().wake(),
        };
        let Some(wake) = wake else { return };
        let pause = Duration::from_millis(wake.saturating_sub(now).max(1));
        let this = self.this.clone();
        let tick = move || {
            if let Some(this) = this.upgrade() {
                this.on(Event::Tick);
            }
        };
        self.timer.set(set_timeout_with_handle(tick, pause).ok());
    }

    fn show_state(&self) {
        let now = browser::steady_millis();
        let first = self.client().mirror().lines.is_empty();
        let state = self.client().state();
        let (name, seconds) = match state {
            State::Idle | State::Connecting if first => ("connecting", 0),
            State::Idle | State::Connecting => ("reconnecting", 0),
            State::Connected => ("connected", 0),
            State::Waiting { until } => ("reconnecting", until.saturating_sub(now).div_ceil(1000)),
            State::Over => ("ended", 0),
        };
        set_changed(self.ui.state, name);
        set_changed(self.ui.lacks_websockets, self.client().lacks_websockets());
        set_changed(self.ui.seconds, seconds);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
        self.attachment.mark(false);
    }
}

/// Returns the address of a socket for a path of this site.
fn address(path: &str) -> String {
    if path.starts_with("ws://") || path.starts_with("wss://") {
        return path.into();
    }
    let location = browser::window().location();
    let secure = location.protocol().is_ok_and(|protocol| protocol == "https:");
    let host = location.host().unwrap_or_default();
    format!("{}://{host}{path}", if secure { "wss" } else { "ws" })
}
