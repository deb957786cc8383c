//! Following one session: a subscription while it lives, its final report once it is over, and the
//! verdict *lost* when it left none.

use std::{sync::Arc, time::Duration};

use nix::unistd::geteuid;
use protocol::{
    id::SessionId,
    wire::{Report, Subscribe, session_request::Body},
};
use tokio::time::{sleep, timeout};

use crate::{Error, Reader, Shared, Writer, orphans, run_dir, wire_io};

/// A running session says what it is within this time; a stuck one is waited for in the background.
const ANSWER: Duration = Duration::from_secs(2);

/// Pause before a session that could not be reached is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// At start-up: finds one session again.
pub async fn find_again(shared: Arc<Shared>, id: SessionId) {
    match subscribe(&shared, id).await {
        Ok(mut connection) => {
            if let Ok(Some(report)) = timeout(ANSWER, connection.0.report()).await {
                help(&connection.0, &report);
                shared.set(id, report);
            }
            tokio::spawn(async move { read(&shared, id, connection).await });
        }
        Err(Error::Gone) => settle(&shared, id).await,
        Err(_) => drop(tokio::spawn(async move { follow(shared, id).await })),
    }
}

/// Asks one session what it is, and leaves it alone otherwise.
pub async fn look(shared: Arc<Shared>, id: SessionId) {
    if let Ok(mut connection) = subscribe(&shared, id).await
        && let Ok(Some(report)) = timeout(ANSWER, connection.0.report()).await
    {
        shared.set(id, report);
    }
}

/// Follows a session to its end.
pub async fn follow(shared: Arc<Shared>, id: SessionId) {
    match reach(&shared, id).await {
        Some(connection) => read(&shared, id, connection).await,
        None => settle(&shared, id).await,
    }
}

async fn read(shared: &Shared, id: SessionId, mut connection: (Reader, Writer)) {
    loop {
        while let Some(report) = connection.0.report().await {
            let over = report.end.is_some();
            help(&connection.0, &report);
            shared.set(id, report);
            if over {
                return;
            }
        }
        match reach(shared, id).await {
            Some(again) => connection = again,
            None => return settle(shared, id).await,
        }
    }
}

/// Subscribes, for as long as there is somebody to talk to. A lack of descriptors or memory on this
/// side says nothing about the session.
async fn reach(shared: &Shared, id: SessionId) -> Option<(Reader, Writer)> {
    loop {
        match subscribe(shared, id).await {
            Ok(connection) => return Some(connection),
            Err(Error::Gone) => return None,
            Err(error) => {
                tracing::warn!(session = %id, %error, "the session can't be reached; trying again");
            }
        }
        sleep(AGAIN).await;
    }
}

async fn subscribe(shared: &Shared, id: SessionId) -> Result<(Reader, Writer), Error> {
    wire_io::request(shared.run_dir(), id, Body::Subscribe(Subscribe {})).await
}

/// A session that ends may not signal what a member of it started as another user: root may.
fn help(session: &Reader, report: &Report) {
    if report.unkillable > 0
        && geteuid().is_root()
        && let Some(process) = session.process()
    {
        tokio::spawn(orphans::end_strangers(process));
    }
}

/// The process is gone: by a proper end, or without a word.
async fn settle(shared: &Shared, id: SessionId) {
    if let Some(report) = run_dir::final_report(shared.run_dir(), id) {
        return shared.set(id, report);
    }
    orphans::end(id).await;
    run_dir::remove(shared.run_dir(), id);
    shared.lose(id);
}
