//! Requests to a session that it answers once: rules, activity, presence, shares, and its screen.

use std::{io, time::Duration};

use bytes::Bytes;
use prost::Message;
use protocol::{
    id::SessionId,
    wire::{Keep, Kick, Peek, Position, Probe, Report, Rules, ShareChange, session_request::Body},
};
use tokio::time::timeout;

use crate::{Error, Host, Relayed, connection};

const ANSWER: Duration = Duration::from_secs(2);

/// Time limit on the answer to a probe, for which a session gives the driver 4 s.
const PROBE: Duration = Duration::from_secs(7);

/// Each method fails with [`Error::Gone`] if the session has ended, [`Error::Stuck`] if its process does
/// not respond, and [`Error::Unsupported`] if its version does not support the request.
impl Host {
    /// Sets the rules of a session. Returns its report under them.
    pub async fn configure(&self, id: SessionId, rules: Rules) -> Result<Report, Error> {
        self.request_report(id, Body::Configure(rules), ANSWER).await
    }

    /// Counts as activity of the owner.
    pub async fn keep(&self, id: SessionId) -> Result<Report, Error> {
        self.request_report(id, Body::Keep(Keep {}), ANSWER).await
    }

    /// Detaches the driver's client if it does not answer within 4 s.
    pub async fn probe(&self, id: SessionId) -> Result<Report, Error> {
        self.request_report(id, Body::Probe(Probe {}), PROBE).await
    }

    /// Returns the screen since a position as an encoded `Frame`. Participants are not notified.
    pub async fn preview(&self, id: SessionId, position: Option<Position>) -> Result<Bytes, Error> {
        self.request(id, Body::Peek(Peek { position }), ANSWER).await
    }

    /// Applies a change of a share. Guests of a revoked one are disconnected before this returns.
    pub async fn change_share(&self, id: SessionId, change: ShareChange) -> Result<Report, Error> {
        self.request_report(id, Body::Share(change), ANSWER).await
    }

    /// Disconnects a guest, given by the 16 bytes of its id, and refuses it from then on.
    pub async fn remove_guest(&self, id: SessionId, guest: Vec<u8>) -> Result<Report, Error> {
        self.request_report(id, Body::Kick(Kick { guest }), ANSWER).await
    }

    async fn request_report(
        &self,
        id: SessionId,
        body: Body,
        limit: Duration,
    ) -> Result<Report, Error> {
        let answer = self.request(id, body, limit).await?;
        let report = Report::decode(answer).map_err(io::Error::from)?;
        self.registry.set(id, report.clone());
        Ok(report)
    }

    async fn request(&self, id: SessionId, body: Body, limit: Duration) -> Result<Bytes, Error> {
        let answer = async {
            // Dropping the writer would cancel the request.
            let (mut reader, _writer) =
                connection::request(self.registry.run_dir(), id, body).await?;
            match reader.next().await? {
                Some(Relayed::Message(answer)) => Ok(answer),
                Some(Relayed::Close { .. }) => Err(Error::Unsupported),
                None => Err(Error::Gone),
            }
        };
        timeout(limit, answer).await.map_err(|_| Error::Stuck)?.map_err(|error| match error {
            // The session ended before it read the request.
            Error::Io(error) if is_hang_up(&error) => Error::Gone,
            error => error,
        })
    }
}

fn is_hang_up(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::net::UnixListener};

    use super::*;
    use crate::{Config, run_dir};

    #[tokio::test]
    async fn a_session_that_ends_before_it_reads_the_request_is_gone() {
        let run = tempfile::tempdir().unwrap();
        let id = SessionId(uuid::Uuid::from_u128(1));
        let program = run.path().join("none");
        let host = Host::open(Config { run_dir: run.path().into(), program, open_files: None })
            .await
            .unwrap();
        let directory = run_dir::directory(run.path(), id);
        fs::create_dir(&directory).unwrap();
        let listener = UnixListener::bind(directory.join("socket")).unwrap();
        let preview = host.preview(id, None);
        tokio::pin!(preview);
        tokio::select! {
            biased;
            _ = preview.as_mut() => panic!("there is no answer yet"),
            () = std::future::ready(()) => {}
        }
        drop(listener);
        assert!(matches!(preview.await, Err(Error::Gone)));
    }
}
