//! One attachment in a terminal: a [`Client`], what it shows, and what a person types. It opens no
//! connection and does not depend on a terminal device; its [`Request`]s are performed outside.

mod typing;

use client::{
    Action, Client, CloseReason, Event, Notification, Participant, ParticipantsChange, Target,
    ending,
};
use protocol::{
    api::{ActiveClient, Attach, AttachMode, Session},
    id::ClientId,
    line::Line,
    modes,
    wire::{Hello, ended::Cause},
};
use tokio::time::{Duration, Instant};

use super::{command::Prefix, paint::Painter, sgr, status};
use crate::http;

/// Time for which a notice stays when nothing replaces it.
const NOTICE: Duration = Duration::from_secs(6);

#[derive(Clone, Debug)]
pub struct Options {
    pub mode: AttachMode,
    pub take_over: bool,
    pub prefix: Prefix,
    /// Name of the prefix key, for people.
    pub prefix_name: String,
    /// Name of this machine, for the other participants.
    pub device: String,
}

/// Reason why the terminal no longer shows the session.
#[derive(Debug)]
pub enum Outcome {
    /// The person detached, or the terminal went away.
    Detached,
    /// The session ended after it was shown. If nothing was typed, with its last screen: a program such as
    /// a profile printed the reason there.
    Over(Box<Session>, Vec<String>),
    /// Another client took over.
    TakenOver(Option<ActiveClient>),
    /// Another client drives, and the policy requires a confirmation.
    InUse(Option<ActiveClient>),
    /// The server refused the attach.
    Refused(http::Error),
    /// The connection closed and must not be opened again.
    Closed(CloseReason),
}

/// Request to the connection.
#[derive(Debug)]
pub enum Request {
    /// Start an attempt to attach; the hello lacks its ticket.
    Dial(Attach, Hello),
    Send(Vec<u8>),
    /// Close the connection, or give up the attempt.
    Close,
}

/// Result of an attempt, or a message.
#[derive(Debug)]
pub enum Incoming {
    /// The server issued a ticket.
    Ticket(Target),
    /// The server refused the attach permanently.
    Refused(http::Error),
    /// The attempt failed for a reason that may pass.
    Failed,
    Message(Vec<u8>),
    /// The socket closed with this code.
    Closed(u16),
}

pub struct Viewer {
    session: Session,
    options: Options,
    client: Client,
    started: Instant,
    /// The participants are not known yet, so that the reason for watching is still to be shown.
    announces: bool,
    /// Shown for a while.
    notice: Option<(String, Instant)>,
    /// Shown until the session is used.
    expiry: Option<String>,
    /// Bells and clipboard contents for the terminal.
    aside: String,
    painter: Painter,
    /// The person typed or pasted something.
    used: bool,
    outcome: Option<Outcome>,
}

impl Viewer {
    /// Returns a viewer that is not attached. The size of the terminal is 80×24 when it is unknown.
    pub fn new(session: Session, options: Options, size: Option<(u16, u16)>) -> Self {
        let id = ClientId(uuid::Uuid::new_v4());
        let target = Target { session: Some(session.id), holder: None };
        let mut viewer = Self {
            client: Client::new(id, options.device.clone(), options.mode, target),
            session,
            options,
            started: Instant::now(),
            announces: false,
            notice: None,
            expiry: None,
            aside: String::new(),
            painter: Painter::default(),
            used: false,
            outcome: None,
        };
        viewer.resize(size);
        viewer
    }

    pub fn start(&mut self) {
        self.on(Event::Start { take_over: self.options.take_over });
    }

    /// Returns the next request to the connection.
    pub fn poll(&mut self) -> Option<Request> {
        while let Some(action) = self.client.poll() {
            match action {
                Action::Attach(attach) => {
                    return Some(Request::Dial(attach, self.client.hello(String::new())));
                }
                // An attempt opens its socket by itself.
                Action::Open => {}
                Action::Send(bytes) => return Some(Request::Send(bytes)),
                Action::Close => return Some(Request::Close),
                Action::ReportPresence => {
                    self.client.report_presence(true, None, self.now());
                }
                Action::Notify(notification) => self.notified(notification),
            }
        }
        None
    }

    pub fn outcome(&mut self) -> Option<Outcome> {
        self.outcome.take()
    }

    /// Returns the lines of the screen, without blank ones at the end and without control characters, if
    /// nothing was typed.
    fn unread(&self) -> Vec<String> {
        if self.used {
            return Vec::new();
        }
        let printable = |line: &Line| line.text.chars().filter(|c| !c.is_control()).collect();
        let lines = self.client.mirror().lines.iter().map(printable);
        let mut lines: Vec<String> = lines.map(|line: String| line.trim_end().to_owned()).collect();
        lines.truncate(lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1));
        lines
    }

    /// Adopts the size of the terminal.
    pub fn resize(&mut self, size: Option<(u16, u16)>) {
        let (columns, rows) = size.unwrap_or((80, 24));
        self.painter.resize(columns.into(), rows.into());
        self.client.resize(columns.into(), rows.into());
    }

    /// Paints everything again, after another program used the terminal.
    pub fn redraw(&mut self, size: Option<(u16, u16)>) {
        self.painter = Painter::default();
        self.resize(size);
    }

    /// Returns the time at which [`Self::tick`] is due.
    pub fn wake(&self) -> Option<Instant> {
        let client = self.client.wake().map(|at| self.started + Duration::from_millis(at));
        let notice = self.notice.as_ref().map(|(_, until)| *until);
        [client, notice].into_iter().flatten().min()
    }

    /// Does what is due by now.
    pub fn tick(&mut self) {
        let now = Instant::now();
        self.notice.take_if(|(_, until)| *until <= now);
        self.on(Event::Tick);
    }

    /// Returns the bytes that bring the terminal up to date.
    pub fn paint(&mut self) -> String {
        let line = self.status_line();
        let mirror = self.client.mirror();
        let modes = if self.client.is_driving() { wanted_modes(mirror.modes) } else { 0 };
        let painted = self.painter.paint(mirror, line.as_deref(), modes);
        std::mem::take(&mut self.aside) + &painted
    }

    /// Returns the most important message for the line over the last row.
    fn status_line(&self) -> Option<String> {
        status::connection(&self.client, self.is_shown())
            .or_else(|| self.notice.as_ref().map(|(text, _)| text.clone()))
            .or_else(|| {
                let requester = self.requester().filter(|_| self.client.is_driving())?;
                Some(status::request(requester, &self.options.prefix_name))
            })
            .or_else(|| self.expiry.clone())
    }

    fn is_shown(&self) -> bool {
        self.client.mirror().position().is_some()
    }

    fn requester(&self) -> Option<&Participant> {
        self.client.participants().requester()
    }

    pub fn receive(&mut self, incoming: Incoming) {
        if self.outcome.is_some() {
            return;
        }
        match incoming {
            Incoming::Ticket(target) => self.on(Event::Ticket(target)),
            Incoming::Failed => self.on(Event::Failed),
            Incoming::Closed(code) => self.on(Event::Closed(code)),
            Incoming::Refused(error) => {
                let ended = error.session().filter(|_| self.is_shown()).cloned().map(Box::new);
                self.outcome = Some(match ended {
                    Some(session) => Outcome::Over(session, self.unread()),
                    None => Outcome::Refused(error),
                });
                self.on(Event::Refused);
            }
            Incoming::Message(bytes) => self.client.receive(&bytes, self.now()),
        }
    }

    fn on(&mut self, event: Event) {
        self.client.on(event, self.now(), rand::random());
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn notified(&mut self, notification: Notification) {
        match notification {
            Notification::Welcome => {
                self.notice = None;
                self.announces = !self.client.is_driving();
            }
            Notification::Frame(change) => {
                if change.reset {
                    self.painter.forget();
                }
                if change.bells > 0 {
                    self.aside.push('\x07');
                }
            }
            Notification::Participants(change) => self.participants_changed(change),
            Notification::InputRefused => self.show_watching(),
            Notification::BatonRefused { by } => {
                self.show(format!(" websh: {by} declined your request."));
            }
            Notification::Expiry(at) => {
                self.expiry = at.and_then(|at| status::expiry(at, &self.options.prefix_name));
            }
            Notification::Clipboard(text) => self.aside.push_str(&sgr::clipboard(&text)),
            Notification::Ended(cause) => self.outcome = Some(self.ended(cause)),
            Notification::Over(reason) => {
                self.outcome = self.outcome.take().or(reason.map(Outcome::Closed));
            }
            Notification::History(_)
            | Notification::ShareEnding(_)
            | Notification::WrongPasswords(_) => {}
        }
    }

    fn participants_changed(&mut self, change: ParticipantsChange) {
        let announces = std::mem::take(&mut self.announces);
        if change.gained {
            self.show(" websh: you are driving.".into());
        } else if change.lost || announces {
            self.show_watching();
        }
    }

    fn ended(&self, cause: Cause) -> Outcome {
        match cause {
            Cause::Session(end) => {
                Outcome::Over(Box::new(ending::ended(&self.session, &end)), self.unread())
            }
            Cause::TakenOver(by) => Outcome::TakenOver(ending::active_client(by)),
            Cause::InUse(by) => Outcome::InUse(ending::active_client(by)),
            Cause::Share(_) => Outcome::Closed(CloseReason::Forbidden),
        }
    }

    fn show(&mut self, sentence: String) {
        self.notice = Some((sentence, Instant::now() + NOTICE));
    }

    fn show_watching(&mut self) {
        let may_drive = self.options.mode == AttachMode::Drive;
        let prefix = &self.options.prefix_name;
        self.show(status::watching(may_drive, self.client.participants(), prefix));
    }
}

/// Returns the modes that the terminal needs so that the program receives the input it requested.
fn wanted_modes(session: u32) -> u32 {
    let wheel = session & modes::ALTERNATE_SCREEN != 0 && session & modes::ANY_MOUSE == 0;
    let wheel = if wheel { modes::ALTERNATE_SCROLL } else { 0 };
    session & (modes::ANY_MOUSE | modes::FOCUS | modes::KITTY | wheel)
}

#[cfg(test)]
mod tests;
