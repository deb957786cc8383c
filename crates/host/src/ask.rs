//! One question to one session, one answer: new rules, Keep, shares, is anybody there, what does
//! it look like.

use std::{io, time::Duration};

use bytes::Bytes;
use prost::Message;
use protocol::{
    id::SessionId,
    wire::{Keep, Kick, Peek, Position, Probe, Report, Rules, ShareChange, session_request::Body},
};
use tokio::time::timeout;

use crate::{Error, Host, Relayed, wire_io};

/// A session that works answers at once.
const ANSWER: Duration = Duration::from_secs(2);

/// A session gives the client that drives 4 s to answer; this is that and some.
const PROBE: Duration = Duration::from_secs(7);

impl Host {
    /// Gives a session new rules. Returns what it says of itself under them.
    ///
    /// # Errors
    /// [`Error::Gone`] when it is over, [`Error::Stuck`] when its process does not answer,
    /// [`Error::Unsupported`] when it is older than the question.
    pub async fn configure(&self, id: SessionId, rules: Rules) -> Result<Report, Error> {
        self.ask(id, Body::Configure(rules), ANSWER).await
    }

    /// Counts as the owner's activity.
    ///
    /// # Errors
    /// [`Error::Gone`] when it is over, [`Error::Stuck`] when its process does not answer,
    /// [`Error::Unsupported`] when it is older than the question.
    pub async fn keep(&self, id: SessionId) -> Result<Report, Error> {
        self.ask(id, Body::Keep(Keep {}), ANSWER).await
    }

    /// Finds out whether the client that drives is still there; one that does not answer is gone
    /// afterwards. Takes some seconds at most.
    ///
    /// # Errors
    /// [`Error::Gone`] when the session is over, [`Error::Stuck`] when its process does not answer,
    /// [`Error::Unsupported`] when it is older than the question.
    pub async fn probe(&self, id: SessionId) -> Result<Report, Error> {
        self.ask(id, Body::Probe(Probe {}), PROBE).await
    }

    /// The session's screen as one `Frame`, unread, from a position on. Nobody attached is told.
    ///
    /// # Errors
    /// [`Error::Gone`] when the session is over, [`Error::Stuck`] when its process does not answer,
    /// [`Error::Unsupported`] when it is older than the question.
    pub async fn peek(&self, id: SessionId, position: Option<Position>) -> Result<Bytes, Error> {
        self.question(id, Body::Peek(Peek { position }), ANSWER).await
    }

    /// Tells a session what is different about a share: for its guests, who are cut by the time this
    /// returns if it was revoked, and for those who come. Answered also when the share has no guests.
    ///
    /// # Errors
    /// [`Error::Gone`] when it is over, [`Error::Stuck`] when its process does not answer,
    /// [`Error::Unsupported`] when it is older than shares are.
    pub async fn change_share(&self, id: SessionId, change: ShareChange) -> Result<Report, Error> {
        self.ask(id, Body::Share(change), ANSWER).await
    }

    /// Cuts a guest (its entry's 16 bytes), and lets it in no more.
    ///
    /// # Errors
    /// As [`change_share`](Self::change_share).
    pub async fn kick(&self, id: SessionId, guest: Vec<u8>) -> Result<Report, Error> {
        self.ask(id, Body::Kick(Kick { guest }), ANSWER).await
    }

    async fn ask(&self, id: SessionId, body: Body, within: Duration) -> Result<Report, Error> {
        let answer = self.question(id, body, within).await?;
        let report = Report::decode(answer).map_err(io::Error::from)?;
        self.shared.set(id, report.clone());
        Ok(report)
    }

    /// A question and its one answer.
    async fn question(&self, id: SessionId, body: Body, within: Duration) -> Result<Bytes, Error> {
        let asking = async {
            // The writing half stays open: whoever hangs up takes the question back.
            let (mut reader, _writer) = wire_io::request(self.shared.run_dir(), id, body).await?;
            match reader.next().await? {
                Some(Relayed::Message(answer)) => Ok(answer),
                Some(Relayed::Close { .. }) => Err(Error::Unsupported),
                None => Err(Error::Gone),
            }
        };
        timeout(within, asking).await.map_err(|_| Error::Stuck)?.map_err(|error| match error {
            // It ended with the question unread.
            Error::Io(cut) if is_hung_up(&cut) => Error::Gone,
            error => error,
        })
    }
}

fn is_hung_up(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::net::UnixListener};

    use super::*;
    use crate::{Config, run_dir};

    #[tokio::test]
    async fn a_session_that_ends_before_it_reads_the_question_is_over() {
        let run = tempfile::tempdir().unwrap();
        let id = SessionId(uuid::Uuid::from_u128(1));
        let program = run.path().join("none");
        let host = Host::open(Config { run_dir: run.path().into(), program }).await.unwrap();
        let directory = run_dir::directory(run.path(), id);
        fs::create_dir(&directory).unwrap();
        let listener = UnixListener::bind(directory.join("socket")).unwrap();
        let asking = host.peek(id, None);
        tokio::pin!(asking);
        tokio::select! {
            biased;
            _ = asking.as_mut() => panic!("nobody answers yet"),
            () = std::future::ready(()) => {}
        }
        drop(listener);
        assert!(matches!(asking.await, Err(Error::Gone)));
    }
}
