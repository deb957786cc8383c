//! What the widget says to the session and what it does with the answers.

use leptos::prelude::{GetUntracked, Set};
use protocol::{
    api::Attach,
    wire::{
        self, Ack, Hello, Refresh, ServerMessage, Welcome, client_message::Body as Say,
        ended::Cause, input::Event as Input, notice::Body as Said, server_message::Body,
    },
};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser, format,
    terminal::{
        ending::{self, Ending},
        link::{Action, Event, Over, State as Stage},
        socket::{Incoming, Socket},
        widget::Widget,
    },
};

impl Widget {
    /// Does what the connection asks for.
    pub(super) fn act(&self, action: Action) {
        match action {
            Action::Attach { take_over } => self.ask_for_ticket(take_over),
            Action::Open => self.open(),
            Action::Ping(nonce) => self.tell(Say::Ping(wire::Ping { nonce })),
            Action::Drop => {
                let mut state = self.state.borrow_mut();
                state.attempt += 1;
                (state.driving, state.may_drive) = (false, false);
                state.scrollback.disconnected();
                let socket = state.socket.take();
                drop(state);
                drop(socket);
            }
            Action::Over(why) => self.over(why),
        }
    }

    fn ask_for_ticket(&self, take_over: bool) {
        let (seat, mode, attempt) = {
            let state = self.state.borrow();
            (state.seat.clone(), state.mode, state.attempt)
        };
        let this = self.this.clone();
        spawn_local(async move {
            let answer = seat.ticket(&Attach { mode, take_over }).await;
            let Some(widget) = this.upgrade() else { return };
            if widget.state.borrow().attempt != attempt {
                return;
            }
            match answer {
                Ok(ticket) => {
                    widget.state.borrow_mut().ticket = Some(ticket);
                    widget.happened(Event::Ticket);
                }
                Err(why) if ending::passes(&why) => widget.happened(Event::Failed),
                Err(why) => {
                    widget.ui.ending.set(Some(seat.refused(why)));
                    widget.happened(Event::Refused);
                }
            }
        });
    }

    fn open(&self) {
        let mut state = self.state.borrow_mut();
        let Some(ticket) = state.ticket.take() else { return };
        let attempt = state.attempt;
        state.told = None;
        let hello = Say::Hello(Hello {
            version: protocol::VERSION,
            ticket: ticket.ticket,
            client: self.client.as_bytes().to_vec(),
            position: if state.lost { None } else { state.mirror.position() },
            next_input: state.outbox.oldest(),
            device: format::device(&browser::user_agent()),
            take_over: state.link.takes_over(),
        });
        let hear = self.weak(move |widget, incoming: Incoming| {
            if widget.state.borrow().attempt == attempt {
                widget.hear(incoming);
            }
        });
        state.socket = Socket::open(&address(&ticket.url), &ticket.subprotocol, hello, hear);
        let failed = state.socket.is_none();
        drop(state);
        if failed {
            self.happened(Event::Failed);
        }
    }

    /// Says something on the open connection; without one it is not worth keeping.
    pub(super) fn tell(&self, body: Say) {
        if let Some(socket) = &self.state.borrow().socket {
            socket.send(body);
        }
    }

    /// Sends the input that may go out.
    pub(super) fn send_input(&self) {
        let mut state = self.state.borrow_mut();
        if state.link.state() == Stage::Connected && (state.driving || state.may_drive) {
            let inputs = state.outbox.take();
            if let Some(socket) = &state.socket {
                inputs.into_iter().for_each(|input| socket.send(Say::Input(input)));
            }
        }
        drop(state);
        self.show_waiting();
    }

    /// Tells the session how large the page is, if it drives or may, and has not done so.
    pub(super) fn tell_size(&self) {
        let mut state = self.state.borrow_mut();
        let may = state.driving || state.may_drive;
        if state.link.state() != Stage::Connected || !may || state.told == state.fitting {
            return;
        }
        let Some((columns, rows)) = state.fitting else { return };
        state.told = state.fitting;
        state.outbox.push(Input::Resize(wire::Size { columns, rows }));
        drop(state);
        self.send_input();
    }

    fn hear(&self, incoming: Incoming) {
        match incoming {
            Err(code) => self.happened(Event::Closed(code)),
            Ok(ServerMessage { body: Some(body) }) => {
                self.happened_quietly();
                self.answer(body);
            }
            Ok(ServerMessage { body: None }) => {}
        }
    }

    /// A sign of life, which changes nothing that anybody sees.
    fn happened_quietly(&self) {
        let now = browser::steady_millis();
        let _ = self.state.borrow_mut().link.on(Event::Heard, now, 0.0);
    }

    fn answer(&self, body: Body) {
        match body {
            Body::Welcome(welcome) => self.welcome(welcome),
            Body::Frame(frame) => self.frame(&frame),
            Body::History(history) => {
                self.state.borrow_mut().scrollback.receive(history);
                self.paint_soon();
            }
            Body::Acked(acked) => self.acknowledged(acked.more),
            Body::Pong(pong) => self.happened(Event::Pong(pong.nonce)),
            Body::Ping(ping) => {
                if let Some(socket) = &self.state.borrow().socket {
                    socket.send(Say::Pong(wire::Pong { nonce: ping.nonce }));
                }
            }
            Body::Notice(wire::Notice { body: Some(Said::InputRefused(_)) }) => {
                self.hint();
            }
            Body::Notice(wire::Notice { body: Some(Said::Expiry(expiry)) }) => {
                self.expiry(expiry.at);
            }
            Body::Notice(wire::Notice { body: Some(Said::BatonRefused(who)) }) => {
                self.ui.notice.set(Some(format!("{who} goes on driving for now.")));
            }
            Body::Notice(wire::Notice { body: Some(Said::ShareEnding(ending)) }) => {
                self.share_ending(ending.at);
            }
            Body::Notice(wire::Notice { body: Some(Said::WrongPasswords(many)) }) => {
                self.ui.wrong_passwords.set(many);
            }
            Body::Notice(_) => {}
            Body::Crew(crew) => self.crew(crew),
            Body::Ended(ended) => self.ended(ended),
            Body::Clipboard(clipboard) => self.put_on_clipboard(&clipboard.text),
        }
    }

    fn welcome(&self, welcome: Welcome) {
        {
            let mut state = self.state.borrow_mut();
            state.outbox.welcome(welcome.accepted);
            (state.driving, state.may_drive) = (welcome.driving, welcome.driving);
        }
        self.ui.watching.set(!welcome.driving);
        self.ui.ending.set(None);
        self.ui.notice.set(None);
        self.ui.expires.set(None);
        self.ui.share_ends.set(None);
        self.happened(Event::Welcome);
        self.resized();
        self.present();
        self.tell_size();
        self.send_input();
        self.happened(Event::Tick);
        self.paint_soon();
    }

    fn frame(&self, frame: &wire::Frame) {
        let mut state = self.state.borrow_mut();
        if let Some(socket) = &state.socket {
            socket.send(Say::Ack(Ack { frames: 1 }));
        }
        if state.lost && frame.reset.is_none() {
            drop(state);
            return self.acknowledged(frame.acked);
        }
        let was = state.mirror.top();
        let change = match state.mirror.apply(frame) {
            Ok(change) => change,
            Err(_) => {
                state.lost = true;
                if let Some(socket) = &state.socket {
                    socket.send(Say::Refresh(Refresh {}));
                }
                drop(state);
                return self.acknowledged(frame.acked);
            }
        };
        if change.reset {
            state.lost = false;
            state.table += 1;
            let epoch = state.mirror.epoch();
            state.scrollback.enter(epoch);
            state.view.follow = true;
        }
        let below = !state.view.follow && state.mirror.top() > was;
        let title = change.title.then(|| state.mirror.title().to_owned());
        let reset_title = change.reset.then(|| state.mirror.title().to_owned());
        drop(state);
        if below && !self.ui.below.get_untracked() {
            self.ui.below.set(true);
        }
        if let Some(title) = title.or(reset_title) {
            self.ui.title.set(title);
        }
        if change.reset {
            self.scale();
        }
        if change.palette || change.reset {
            self.apply_palette();
        }
        if change.bells > 0 {
            self.ring(change.bells);
        }
        self.acknowledged(frame.acked);
        self.paint_soon();
    }

    fn acknowledged(&self, more: u64) {
        if more > 0 {
            self.state.borrow_mut().outbox.acknowledged(more);
            self.send_input();
        }
    }

    fn ended(&self, ended: wire::Ended) {
        let ending = match ended.cause {
            Some(Cause::Session(end)) => self.state.borrow().seat.ended(&end),
            Some(Cause::TakenOver(by)) => Ending::TakenOver(ending::client(by)),
            Some(Cause::InUse(by)) => Ending::Elsewhere(ending::client(by)),
            Some(Cause::Share(end)) => Ending::Share(end.how().into()),
            None => Ending::Stopped("The session ended this connection.".into()),
        };
        self.ui.notice.set(None);
        self.ui.ending.set(Some(ending));
        self.happened(Event::Ended);
    }

    fn over(&self, why: Over) {
        self.state.borrow().seat.mark(false);
        self.paint_soon();
        let ending = match why {
            Over::Told => return,
            Over::SignedOut => self.state.borrow().seat.signed_out(),
            Over::TakenOver => Ending::TakenOver(None),
            Over::Forbidden => Ending::Stopped("You may not use this session any more.".into()),
            Over::Misunderstood => Ending::Stopped(
                "This page and the session do not understand each other. Reloading may help."
                    .into(),
            ),
            Over::TooMuch => Ending::Stopped(
                "The program takes no more input, or too many terminals are open in this browser. \
                 Reload the page to go on."
                    .into(),
            ),
            Over::Gone => return self.ask_what_happened(),
        };
        self.ui.ending.set(Some(ending));
    }

    /// The connection says that the session is over, but not how: the server knows.
    fn ask_what_happened(&self) {
        let seat = self.state.borrow().seat.clone();
        let this = self.this.clone();
        spawn_local(async move {
            let ending = seat.what_happened().await;
            if let Some(widget) = this.upgrade() {
                widget.ui.ending.set(Some(ending));
            }
        });
    }
}

/// The address of a socket for a path of this site.
fn address(path: &str) -> String {
    if path.starts_with("ws://") || path.starts_with("wss://") {
        return path.into();
    }
    let location = browser::window().location();
    let secure = location.protocol().is_ok_and(|protocol| protocol == "https:");
    let host = location.host().unwrap_or_default();
    format!("{}://{host}{path}", if secure { "wss" } else { "ws" })
}
