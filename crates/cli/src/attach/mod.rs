//! `websh attach`: a session in the terminal that this program runs in. What is drawn and typed is
//! `viewer`'s; here are the events: messages, input, the window's size, signals, time.

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
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
    time::{Instant, sleep_until},
};

pub use app::terminal::link::Over;
pub use command::Prefix;
use dial::Heard;
use parse::Parser;
use tty::Tty;
pub use tty::size;
use viewer::Viewer;
pub use viewer::{Options, Outcome};

use crate::http::Client;

/// An escape that nothing follows for this long is the key.
const ESCAPE: Duration = Duration::from_millis(50);

/// Messages that wait to be drawn: the session is told of each only when it is.
const WAITING: usize = 64;

/// Attaches to a session until it is over or the person leaves. The terminal is as it was then.
///
/// # Errors
/// When there is no terminal, or it fails.
pub async fn attach(client: Client, session: Session, options: Options) -> io::Result<Outcome> {
    let mut tty = Tty::take()?;
    let mut window = signal(SignalKind::window_change())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let (hear, mut heard) = mpsc::channel::<(u64, Heard)>(WAITING);
    let mut viewer = Viewer::new(client, session, options, hear, tty.size());
    let mut parser = Parser::default();
    let mut escape: Option<Instant> = None;
    viewer.start();
    loop {
        if let Some(outcome) = viewer.outcome() {
            return Ok(outcome);
        }
        tty.write(&viewer.paint())?;
        let wake = [viewer.wake(), escape].into_iter().flatten().min();
        tokio::select! {
            Some((attempt, first)) = heard.recv() => {
                viewer.hear(attempt, first);
                while let Ok((attempt, more)) = heard.try_recv() {
                    viewer.hear(attempt, more);
                }
            }
            typed = tty.read() => {
                let Some(bytes) = typed else { return Ok(Outcome::Detached) };
                parser.feed(&bytes).into_iter().for_each(|typed| viewer.typed(typed));
                escape = parser.waits().then(|| Instant::now() + ESCAPE);
            }
            _ = window.recv() => viewer.resized(tty.size()),
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
