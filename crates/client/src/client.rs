//! The state machine of one client: connection, mirror, numbered input, participants. Events go in
//! with the time in milliseconds of a monotonic clock; [`Action`]s come out of [`Client::poll`].

use std::collections::VecDeque;

use prost::Message as _;
use protocol::{
    api::{Attach, AttachMode},
    id::ClientId,
    mirror::Mirror,
    wire::{
        self, Ack, ClientMessage, Crew, Frame, Hello, HistoryRequest, Keep, Ping, Pong, Presence,
        Refresh, ServerMessage, Size, Theme, Welcome, client_message::Body as Send,
        input::Event as Input, notice, server_message::Body,
    },
};

use crate::{
    action::{Action, Notification, ParticipantsChange, Refused},
    link::{self, CloseReason, Event, Link, State},
    outbox::Outbox,
    participants::{BatonAction, Participants},
    target::Target,
};

/// Interval of presence messages, in milliseconds.
const HEARTBEAT: u64 = 20_000;

#[derive(Debug)]
pub struct Client {
    id: ClientId,
    device: String,
    mode: AttachMode,
    /// Target of all input.
    target: Target,
    link: Link,
    mirror: Mirror,
    /// A frame did not fit, so frames are ignored until the next whole screen.
    stale: bool,
    outbox: Outbox,
    participants: Participants,
    driving: bool,
    may_drive: bool,
    /// It did not drive when the session last listed it. Kept while there is no connection.
    watching: bool,
    /// It drove when the connection closed.
    drove: bool,
    size: Option<(u32, u32)>,
    sent_size: Option<(u32, u32)>,
    next_presence: u64,
    actions: VecDeque<Action>,
}

impl Client {
    /// Returns a client that is not connected. `device` is its name for other participants. It connects to
    /// `target` only; the first ticket adds what is not known of it.
    pub fn new(id: ClientId, device: String, mode: AttachMode, target: Target) -> Self {
        Self {
            id,
            device,
            mode,
            target,
            link: Link::default(),
            mirror: Mirror::default(),
            stale: false,
            outbox: Outbox::default(),
            participants: Participants::default(),
            driving: false,
            may_drive: false,
            watching: mode == AttachMode::Watch,
            drove: false,
            size: None,
            sent_size: None,
            next_presence: 0,
            actions: VecDeque::new(),
        }
    }

    /// Returns the next action to perform.
    pub fn poll(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// Returns the time at which [`Event::Tick`] is due, if any.
    pub fn wake(&self) -> Option<u64> {
        let presence = self.is_connected().then_some(self.next_presence);
        [self.link.wake(), presence].into_iter().flatten().min()
    }

    pub fn state(&self) -> State {
        self.link.state()
    }

    /// Returns true if something between the client and the server does not forward WebSockets.
    pub fn lacks_websockets(&self) -> bool {
        self.link.lacks_websockets()
    }

    /// Returns the copy of the session's screen.
    pub fn mirror(&self) -> &Mirror {
        &self.mirror
    }

    /// Returns whether the mirror awaits a whole screen because a frame did not fit.
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    /// Returns everyone attached, as last listed by the session.
    pub fn participants(&self) -> &Participants {
        &self.participants
    }

    /// Returns whether this client is connected and drives.
    pub fn is_driving(&self) -> bool {
        self.driving
    }

    pub fn pending_inputs(&self) -> usize {
        self.outbox.pending()
    }

    /// Returns how this client attaches.
    pub fn mode(&self) -> AttachMode {
        self.mode
    }

    /// Changes how the client attaches from the next attempt on.
    pub fn set_mode(&mut self, mode: AttachMode) {
        self.mode = mode;
        self.watching = mode == AttachMode::Watch;
    }

    /// Returns the first message of a connection.
    pub fn hello(&self, ticket: String) -> Hello {
        Hello {
            version: protocol::VERSION,
            ticket,
            client: self.id.0.as_bytes().to_vec(),
            position: if self.stale { None } else { self.mirror.position() },
            next_input: self.outbox.oldest(),
            device: self.device.clone(),
            take_over: self.link.takes_over(),
        }
    }

    /// Processes an event at `now`; `chance` in 0..1 spreads the reconnects of many clients.
    pub fn on(&mut self, event: Event, now: u64, chance: f64) {
        if event == Event::Tick && self.is_connected() && now >= self.next_presence {
            self.request_presence(now);
        }
        let actions = match event {
            Event::Ticket(ticket)
                if self.state() == State::Connecting && !self.target.adopt(ticket) =>
            {
                // Input of one session must never reach another.
                self.outbox.discard();
                self.link.over(Some(CloseReason::OtherTarget))
            }
            event => self.link.on(event, now, chance),
        };
        self.follow(actions);
    }

    /// Processes a binary message. Ignores unknown messages, which a newer session may send.
    pub fn receive(&mut self, message: &[u8], now: u64) {
        if let Ok(ServerMessage { body }) = ServerMessage::decode(message) {
            self.link.received(now);
            body.into_iter().for_each(|body| self.process(body, now));
        }
    }

    /// Queues input, and sends it as soon as this client may.
    pub fn input(&mut self, event: Input) -> Result<(), Refused> {
        self.queue(|outbox| outbox.push(event))
    }

    /// Queues a paste in parts, all or none.
    pub fn paste(&mut self, text: &str) -> Result<(), Refused> {
        self.queue(|outbox| outbox.push_paste(text))
    }

    fn queue(&mut self, push: impl FnOnce(&mut Outbox) -> bool) -> Result<(), Refused> {
        self.accepts_input()?;
        let queued = push(&mut self.outbox);
        self.flush();
        if queued { Ok(()) } else { Err(Refused::Full) }
    }

    /// Checks that this client drives, or that its next input would make it drive, or that it drove
    /// when the connection closed.
    ///
    /// # Errors
    /// [`Refused::Watching`] and [`Refused::Over`].
    pub fn accepts_input(&self) -> Result<(), Refused> {
        let shut = !self.participants.typing_drives() && !self.participants.typing_may_interrupt();
        if self.mode == AttachMode::Watch || self.watching && shut {
            Err(Refused::Watching)
        } else if self.state() == State::Over {
            Err(Refused::Over)
        } else {
            Ok(())
        }
    }

    /// Sets the size, in columns and rows, that the session's screen has while this client drives.
    pub fn resize(&mut self, columns: u32, rows: u32) {
        self.size = Some((columns, rows));
        self.flush();
    }

    pub fn baton(&mut self, action: BatonAction) {
        self.send(Send::Baton(action.message()));
    }

    /// Keeps the session from expiring.
    pub fn keep(&mut self) {
        self.send(Send::Keep(Keep {}));
    }

    /// Requests `count` lines of history from the absolute id `first` on.
    pub fn request_history(&mut self, first: u64, count: u32) {
        self.send(Send::History(HistoryRequest { first, count }));
    }

    /// Sends whether a person sees the session, and the colours of the client.
    pub fn report_presence(&mut self, visible: bool, theme: Option<Theme>, now: u64) {
        self.next_presence = now.saturating_add(HEARTBEAT);
        self.send(Send::Presence(Presence { visible, theme }));
        // The session uses the colours to answer queries of programs, so they precede the input.
        self.flush();
    }

    fn is_connected(&self) -> bool {
        self.state() == State::Connected
    }

    fn follow(&mut self, actions: Vec<link::Action>) {
        for action in actions {
            match action {
                link::Action::Attach { take_over } => {
                    let attach = Attach { mode: self.mode, take_over };
                    self.actions.push_back(Action::Attach(attach));
                }
                link::Action::Open => self.actions.push_back(Action::Open),
                link::Action::Ping(nonce) => self.send(Send::Ping(Ping { nonce })),
                link::Action::Close => {
                    self.drove |= self.driving;
                    (self.driving, self.may_drive, self.sent_size) = (false, false, None);
                    self.actions.push_back(Action::Close);
                }
                link::Action::Over(reason) => self.notify(Notification::Over(reason)),
            }
        }
    }

    fn process(&mut self, body: Body, now: u64) {
        match body {
            Body::Welcome(welcome) => self.welcome(&welcome, now),
            Body::Frame(frame) => self.frame(&frame),
            Body::History(history) => self.notify(Notification::History(history)),
            Body::Acked(acked) => self.acknowledge(acked.more),
            Body::Ping(Ping { nonce }) => self.send(Send::Pong(Pong { nonce })),
            Body::Pong(Pong { nonce }) => self.link.pong(nonce),
            Body::Notice(notice) => self.notice(notice),
            Body::Crew(crew) => self.set_participants(crew, now),
            Body::Clipboard(clipboard) => self.notify(Notification::Clipboard(clipboard.text)),
            Body::Ended(ended) => {
                // An unknown cause, of a newer session, explains nothing: the close code decides.
                let Some(cause) = ended.cause else { return };
                self.notify(Notification::Ended(cause));
                let actions = self.link.ended();
                self.follow(actions);
            }
        }
    }

    fn welcome(&mut self, welcome: &Welcome, now: u64) {
        self.outbox.welcome(welcome.accepted);
        (self.driving, self.may_drive) = (welcome.driving, welcome.driving);
        self.watching = !welcome.driving;
        self.link.welcome(now);
        self.request_presence(now);
        self.notify(Notification::Welcome);
    }

    fn frame(&mut self, frame: &Frame) {
        self.send(Send::Ack(Ack { frames: 1 }));
        if !self.stale || frame.reset.is_some() {
            match self.mirror.apply(frame) {
                Ok(change) => {
                    self.stale &= !change.reset;
                    self.notify(Notification::Frame(change));
                }
                Err(_) => {
                    self.stale = true;
                    self.send(Send::Refresh(Refresh {}));
                }
            }
        }
        self.acknowledge(frame.acked);
    }

    fn acknowledge(&mut self, more: u64) {
        if more > 0 {
            self.outbox.acknowledged(more);
            self.flush();
        }
    }

    fn notice(&mut self, notice: wire::Notice) {
        let time = |at: u64| i64::try_from(at).ok().filter(|at| *at > 0);
        self.notify(match notice.body {
            Some(notice::Body::InputRefused(_)) => Notification::InputRefused,
            Some(notice::Body::Expiry(expiry)) => Notification::Expiry(time(expiry.at)),
            Some(notice::Body::BatonRefused(by)) => Notification::BatonRefused { by },
            Some(notice::Body::ShareEnding(ending)) => Notification::ShareEnding(time(ending.at)),
            Some(notice::Body::WrongPasswords(count)) => Notification::WrongPasswords(count),
            None => return,
        });
    }

    fn set_participants(&mut self, crew: Crew, now: u64) {
        let now_attached = Participants::from(crew);
        let before = std::mem::replace(&mut self.participants, now_attached);
        let drove = self.driving;
        self.driving = self.participants.driving().unwrap_or(drove);
        self.may_drive = self.participants.me.as_ref().is_some_and(|me| me.may_drive);
        self.watching = !self.driving;
        let requested_before =
            |viewer| before.others.iter().any(|it| it.viewer == viewer && it.requesting);
        let requested =
            self.participants.others.iter().any(|it| it.requesting && !requested_before(it.viewer));
        let change = ParticipantsChange {
            gained: self.driving && !drove,
            lost: drove && !self.driving,
            requested: requested && self.participants.driving() == Some(true),
        };
        // After a reconnect, input without a driver still takes effect; beside one it would be late.
        let replaced = std::mem::take(&mut self.drove)
            && !self.driving
            && self.participants.driver().is_some();
        if change.lost || replaced {
            self.outbox.discard_unsent();
        }
        if change.gained {
            self.request_presence(now);
        }
        self.notify(Notification::Participants(change));
        self.flush();
    }

    /// Sends the size, if the session does not have it, and the input that may be sent now.
    fn flush(&mut self) {
        if !self.is_connected() || !(self.driving || self.may_drive) {
            return;
        }
        if let Some((columns, rows)) = self.size.filter(|_| self.sent_size != self.size) {
            self.sent_size = self.size;
            self.outbox.push(Input::Resize(Size { columns, rows }));
        }
        for input in self.outbox.take() {
            self.send(Send::Input(input));
        }
    }

    fn request_presence(&mut self, now: u64) {
        self.next_presence = now.saturating_add(HEARTBEAT);
        self.actions.push_back(Action::ReportPresence);
    }

    fn send(&mut self, body: Send) {
        self.actions.push_back(Action::Send(encode(body)));
    }

    fn notify(&mut self, notification: Notification) {
        self.actions.push_back(Action::Notify(notification));
    }
}

/// Returns the bytes of a message for the session.
pub fn encode(body: Send) -> Vec<u8> {
    ClientMessage { body: Some(body) }.encode_to_vec()
}

#[cfg(test)]
mod tests;
