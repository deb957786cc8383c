//! One viewer of a session: its mirror, its connection, its input on the way. Events come in by its
//! methods; it knows no terminal device.

mod typing;

use app::terminal::{
    ending,
    link::{Action, Event, Link, Over, State},
    outbox::Outbox,
};
use protocol::{
    api::{ActiveClient, Attach, AttachMode, Session},
    mirror::Mirror,
    wire::{
        Ack, Crew, Hello, Ping, Pong, Presence, Present, Refresh, ServerMessage, Size,
        client_message::Body as Say, ended::Cause, input::Event as Input, notice,
        server_message::Body,
    },
};
use tokio::{
    sync::mpsc::Sender,
    time::{Duration, Instant},
};

use super::{
    command::Prefix,
    dial::{Heard, Line},
    paint::Painter,
    sgr, status,
};
use crate::http::{self as client, Client};

/// A heartbeat goes out this often.
const PRESENCE: Duration = Duration::from_secs(20);

/// A notice that nothing else replaces stays this long.
const NOTICE: Duration = Duration::from_secs(6);

/// How to attach.
#[derive(Clone, Debug)]
pub struct Options {
    /// Drive or watch.
    pub mode: AttachMode,
    /// Take over from whoever drives.
    pub take_over: bool,
    /// The key before commands of this program.
    pub prefix: Prefix,
    /// Its name, for people.
    pub prefix_name: String,
    /// What this machine is called by others who look at the session.
    pub device: String,
}

/// Why a terminal shows the session no longer.
#[derive(Debug)]
pub enum Outcome {
    /// The person left, or their terminal did.
    Detached,
    /// The session ended after it was shown.
    Over(Box<Session>),
    /// Another client drives now.
    TakenOver(Option<ActiveClient>),
    /// Another client drives, and the policy is to ask first.
    InUse(Option<ActiveClient>),
    /// The server refused.
    Refused(client::Error),
    /// The connection closed for good.
    Closed(Over),
}

/// The viewer.
pub struct Viewer {
    client: Client,
    session: Session,
    options: Options,
    hear: Sender<(u64, Heard)>,
    id: uuid::Uuid,
    begun: Instant,
    link: Link,
    line: Option<Line>,
    attempt: u64,
    outbox: Outbox,
    mirror: Mirror,
    /// The mirror is not the session's screen: it waits for a whole one.
    lost: bool,
    driving: bool,
    crew: Option<Crew>,
    size: Option<(u32, u32)>,
    told: Option<(u32, u32)>,
    next_presence: Option<Instant>,
    /// Said for a while.
    notice: Option<(String, Instant)>,
    /// Said until it is averted.
    expiry: Option<String>,
    /// Bells and clipboard contents for the terminal.
    aside: String,
    painter: Painter,
    outcome: Option<Outcome>,
}

impl Viewer {
    /// A viewer that has not begun.
    pub fn new(
        client: Client,
        session: Session,
        options: Options,
        hear: Sender<(u64, Heard)>,
        size: Option<(u16, u16)>,
    ) -> Self {
        let mut viewer = Self {
            client,
            session,
            options,
            hear,
            id: uuid::Uuid::new_v4(),
            begun: Instant::now(),
            link: Link::default(),
            line: None,
            attempt: 0,
            outbox: Outbox::default(),
            mirror: Mirror::default(),
            lost: false,
            driving: false,
            crew: None,
            size: None,
            told: None,
            next_presence: None,
            notice: None,
            expiry: None,
            aside: String::new(),
            painter: Painter::default(),
            outcome: None,
        };
        viewer.resized(size);
        viewer
    }

    /// Attaches.
    pub fn start(&mut self) {
        self.happened(Event::Start { take_over: self.options.take_over });
    }

    /// How it ended, once it has.
    pub fn outcome(&mut self) -> Option<Outcome> {
        self.outcome.take()
    }

    /// The terminal's size changed.
    pub fn resized(&mut self, size: Option<(u16, u16)>) {
        let (columns, rows) = size.unwrap_or((80, 24));
        let size = (u32::from(columns), u32::from(rows));
        self.size = Some(size);
        self.painter.resize(size.0, size.1);
        self.tell_size();
    }

    /// When [`Self::tick`] is wanted.
    pub fn wake(&self) -> Option<Instant> {
        let link = self.link.wake().map(|at| self.begun + Duration::from_millis(at));
        let notice = self.notice.as_ref().map(|(_, until)| *until);
        [link, notice, self.next_presence].into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn tick(&mut self) {
        let now = Instant::now();
        if self.notice.as_ref().is_some_and(|(_, until)| *until <= now) {
            self.notice = None;
        }
        if self.next_presence.is_some_and(|at| at <= now) {
            self.present();
        }
        self.happened(Event::Tick);
    }

    /// The bytes that bring the terminal up to date.
    pub fn paint(&mut self) -> String {
        let notice = self.words();
        let wanted = if self.driving { typing::wanted_modes(self.mirror.modes()) } else { 0 };
        let painted = self.painter.paint(&self.mirror, notice.as_deref(), wanted);
        std::mem::take(&mut self.aside) + &painted
    }

    /// What the line over the last row says: what matters most of what there is to say.
    fn words(&self) -> Option<String> {
        let before = self.mirror.position().is_some();
        status::connection(self.link.state(), before, self.outbox.waiting())
            .or_else(|| self.notice.as_ref().map(|(text, _)| text.clone()))
            .or_else(|| {
                let asking = self.asking().filter(|_| self.driving)?;
                Some(status::asking(asking, &self.options.prefix_name))
            })
            .or_else(|| self.expiry.clone())
    }

    /// Another viewer that asks to drive.
    fn asking(&self) -> Option<&Present> {
        let crew = self.crew.as_ref()?;
        crew.present.iter().find(|it| it.asking && it.viewer != crew.you)
    }

    /// Something came from the connection.
    pub fn hear(&mut self, attempt: u64, heard: Heard) {
        if attempt != self.attempt || self.outcome.is_some() {
            return;
        }
        match heard {
            Heard::Ticket => self.happened(Event::Ticket),
            Heard::Failed => self.happened(Event::Failed),
            Heard::Closed(code) => match self.link.state() {
                // Before the welcome a broken connection is one that failed.
                State::Connecting if code == 1006 => self.happened(Event::Failed),
                _ => self.happened(Event::Closed(code)),
            },
            Heard::Refused(why) => {
                let shown = self.mirror.position().is_some();
                let over = why.session().filter(|_| shown).cloned().map(Box::new);
                self.outcome = Some(over.map_or(Outcome::Refused(why), Outcome::Over));
                self.happened(Event::Refused);
            }
            Heard::Message(ServerMessage { body }) => {
                self.happened(Event::Heard);
                body.into_iter().for_each(|body| self.answer(body));
            }
        }
    }

    fn happened(&mut self, event: Event) {
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        for action in self.link.on(event, now, rand::random()) {
            match action {
                Action::Attach { take_over } => self.dial(take_over),
                // The attempt goes on by itself.
                Action::Open => {}
                Action::Ping(nonce) => self.say(Say::Ping(Ping { nonce })),
                Action::Drop => {
                    self.attempt += 1;
                    self.line = None;
                    self.next_presence = None;
                    (self.driving, self.told) = (false, None);
                }
                Action::Over(why) => {
                    self.outcome.get_or_insert(Outcome::Closed(why));
                }
            }
        }
    }

    fn dial(&mut self, take_over: bool) {
        let hello = Hello {
            version: protocol::VERSION,
            client: self.id.as_bytes().to_vec(),
            position: if self.lost { None } else { self.mirror.position() },
            next_input: self.outbox.oldest(),
            device: self.options.device.clone(),
            take_over,
            ..Hello::default()
        };
        let asked = Attach { mode: self.options.mode, take_over };
        let (client, hear) = (self.client.clone(), self.hear.clone());
        self.line = Some(Line::open(client, self.session.id, asked, hello, self.attempt, hear));
    }

    fn say(&self, body: Say) {
        if let Some(line) = &self.line {
            line.say(body);
        }
    }

    fn present(&mut self) {
        self.say(Say::Presence(Presence { visible: true, theme: None }));
        self.next_presence = Some(Instant::now() + PRESENCE);
    }

    fn answer(&mut self, body: Body) {
        match body {
            Body::Welcome(welcome) => {
                self.outbox.welcome(welcome.accepted);
                self.driving = welcome.driving;
                self.notice = None;
                self.happened(Event::Welcome);
                self.present();
                self.tell_size();
                self.send_input();
                if !self.driving {
                    self.say_watching();
                }
            }
            Body::Frame(frame) => {
                self.say(Say::Ack(Ack { frames: 1 }));
                self.frame(&frame);
                self.acknowledged(frame.acked);
            }
            Body::Acked(acked) => self.acknowledged(acked.more),
            Body::Pong(pong) => self.happened(Event::Pong(pong.nonce)),
            Body::Ping(ping) => self.say(Say::Pong(Pong { nonce: ping.nonce })),
            Body::Notice(told) => match told.body {
                Some(notice::Body::InputRefused(_)) => self.say_watching(),
                Some(notice::Body::Expiry(expiry)) => {
                    self.expiry = status::expiry(expiry, &self.options.prefix_name);
                }
                Some(notice::Body::BatonRefused(by)) => {
                    self.note(format!(" websh: {by} keeps driving."));
                }
                Some(notice::Body::ShareEnding(_) | notice::Body::WrongPasswords(_)) | None => {}
            },
            Body::Crew(crew) => self.crew(crew),
            Body::Ended(ended) => {
                self.outcome = Some(match ended.cause {
                    Some(Cause::Session(end)) => {
                        Outcome::Over(Box::new(ending::ended(&self.session, &end)))
                    }
                    Some(Cause::TakenOver(by)) => Outcome::TakenOver(ending::client(by)),
                    Some(Cause::InUse(by)) => Outcome::InUse(ending::client(by)),
                    Some(Cause::Share(_)) | None => Outcome::Closed(Over::Gone),
                });
                self.happened(Event::Ended);
            }
            Body::Clipboard(clipboard) => {
                self.aside.push_str(&sgr::clipboard(&clipboard.text));
            }
            Body::History(_) => {}
        }
    }

    fn frame(&mut self, frame: &protocol::wire::Frame) {
        if self.lost && frame.reset.is_none() {
            return;
        }
        match self.mirror.apply(frame) {
            Ok(change) => {
                if change.reset {
                    self.lost = false;
                    self.painter.forget();
                }
                if change.bells > 0 {
                    self.aside.push('\x07');
                }
            }
            Err(_) => {
                self.lost = true;
                self.say(Say::Refresh(Refresh {}));
            }
        }
    }

    fn acknowledged(&mut self, more: u64) {
        if more > 0 {
            self.outbox.acknowledged(more);
            self.send_input();
        }
    }

    fn crew(&mut self, crew: Crew) {
        let me = crew.present.iter().find(|it| it.viewer == crew.you);
        let drove = self.driving;
        self.driving = me.map_or(self.driving, |me| me.driving);
        self.crew = Some(crew);
        match (drove, self.driving) {
            (false, true) => {
                self.note(" websh: you drive now.".into());
                self.tell_size();
                self.send_input();
            }
            (true, false) => {
                self.told = None;
                self.say_watching();
            }
            _ => {}
        }
    }

    fn note(&mut self, sentence: String) {
        self.notice = Some((sentence, Instant::now() + NOTICE));
    }

    fn say_watching(&mut self) {
        let may_drive = self.options.mode == AttachMode::Drive;
        let prefix = &self.options.prefix_name;
        self.note(status::watching(may_drive, self.crew.as_ref(), prefix));
    }

    /// The session follows the size of whoever drives.
    fn tell_size(&mut self) {
        let live = self.link.state() == State::Connected && self.driving;
        if live && self.told != self.size {
            self.told = self.size;
            if let Some((columns, rows)) = self.size {
                self.outbox.push(Input::Resize(Size { columns, rows }));
                self.send_input();
            }
        }
    }

    fn send_input(&mut self) {
        if self.link.state() == State::Connected && self.driving {
            self.outbox.take().into_iter().for_each(|input| self.say(Say::Input(input)));
        }
    }
}
