//! `websh attach`: a session in the terminal of this program. This module waits for events: messages,
//! input, resizes, signals, time. `viewer` decides what is drawn and sent.

mod command;
mod dial;
mod paint;
mod parse;
mod sequences;
mod sgr;
mod status;
mod tty;
mod viewer;

use std::{io, time::Duration};

use protocol::api::Session;
use rustix::process::{Signal, getpid, kill_process};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
    time::{Instant, sleep_until},
};

pub use client::CloseReason;
pub use command::Prefix;
use dial::Connection;
use parse::Parser;
use tty::Tty;
pub use tty::size;
use viewer::Viewer;
pub use viewer::{Options, Outcome};

use crate::http::Client;

/// Time after which an escape that nothing follows is the Escape key.
const ESCAPE: Duration = Duration::from_millis(50);

/// Messages that may wait to be drawn; each is acknowledged only when it is.
const MAX_MESSAGES: usize = 64;

/// Attaches to a session until it is over or the person detaches, then restores the terminal.
///
/// # Errors
/// When there is no terminal, or it fails.
pub async fn attach(client: Client, session: Session, options: Options) -> io::Result<Outcome> {
    let mut tty = Tty::take()?;
    let mut window = signal(SignalKind::window_change())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let mut stop = signal(SignalKind::from_raw(Signal::TSTP.as_raw()))?;
    let mut resume = signal(SignalKind::from_raw(Signal::CONT.as_raw()))?;
    let (sender, mut incoming) = mpsc::channel(MAX_MESSAGES);
    let mut connection = Connection::new(client, session.id, sender);
    let mut viewer = Viewer::new(session, options, tty.size());
    let mut parser = Parser::default();
    let mut escape: Option<Instant> = None;
    viewer.start();
    loop {
        while let Some(request) = viewer.poll() {
            connection.perform(request);
        }
        if let Some(outcome) = viewer.outcome() {
            return Ok(outcome);
        }
        tty.write(&viewer.paint())?;
        let wake = [viewer.wake(), escape].into_iter().flatten().min();
        tokio::select! {
            Some(first) = incoming.recv() => {
                let rest = std::iter::from_fn(|| incoming.try_recv().ok());
                for (attempt, message) in std::iter::once(first).chain(rest) {
                    if connection.is_current(attempt) {
                        viewer.receive(message);
                    }
                    while let Some(request) = viewer.poll() {
                        connection.perform(request);
                    }
                }
            }
            typed = tty.read() => {
                let Some(bytes) = typed else { return Ok(Outcome::Detached) };
                parser.feed(&bytes).into_iter().for_each(|typed| viewer.typed(typed));
                escape = parser.waits().then(|| Instant::now() + ESCAPE);
            }
            _ = window.recv() => viewer.resize(tty.size()),
            _ = stop.recv() => {
                tty.leave();
                // The default action, which the handler replaced. Returns after SIGCONT.
                kill_process(getpid(), Signal::STOP)?;
            }
            _ = resume.recv() => {
                tty.enter()?;
                viewer.redraw(tty.size());
            }
            _ = terminate.recv() => return Ok(Outcome::Detached),
            _ = hangup.recv() => return Ok(Outcome::Detached),
            () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {
                if escape.is_some_and(|at| at <= Instant::now()) {
                    escape = None;
                    parser.flush().into_iter().for_each(|typed| viewer.typed(typed));
                }
                viewer.tick();
            }
        }
    }
}
