//! Following one session until its final report. A session that leaves none is lost.

use std::{sync::Arc, time::Duration};

use protocol::{
    id::SessionId,
    wire::{Report, Subscribe, session_request::Body},
};
use rustix::process::geteuid;
use tokio::time::{sleep, timeout};

use crate::{Error, Reader, Writer, connection, kill, registry::Registry, run_dir};

/// Time limit on the first report of a running session. A stuck session is followed in the background.
const FIRST_REPORT: Duration = Duration::from_secs(2);

/// Pause before another attempt to reach a session.
const RETRY: Duration = Duration::from_secs(1);

pub async fn find_again(registry: Arc<Registry>, id: SessionId) {
    match subscribe(&registry, id).await {
        Ok(mut connection) => {
            if let Ok(Some(report)) = timeout(FIRST_REPORT, connection.0.report()).await {
                end_foreign(&connection.0, &report);
                registry.set(id, report);
            }
            tokio::spawn(async move { read(&registry, id, connection).await });
        }
        Err(Error::Gone) => settle(&registry, id).await,
        Err(_) => drop(tokio::spawn(async move { follow(registry, id).await })),
    }
}

/// Reads one report of a session, without following it.
pub async fn read_report(registry: Arc<Registry>, id: SessionId) {
    if let Ok(mut connection) = subscribe(&registry, id).await
        && let Ok(Some(report)) = timeout(FIRST_REPORT, connection.0.report()).await
    {
        registry.set(id, report);
    }
}

pub async fn follow(registry: Arc<Registry>, id: SessionId) {
    match reach(&registry, id).await {
        Some(connection) => read(&registry, id, connection).await,
        None => settle(&registry, id).await,
    }
}

async fn read(registry: &Registry, id: SessionId, mut connection: (Reader, Writer)) {
    loop {
        while let Some(report) = connection.0.report().await {
            let is_final = report.end.is_some();
            end_foreign(&connection.0, &report);
            registry.set(id, report);
            if is_final {
                return;
            }
        }
        match reach(registry, id).await {
            Some(again) => connection = again,
            None => return settle(registry, id).await,
        }
    }
}

/// Subscribes, retrying until the session has ended. A lack of descriptors or memory in this process does
/// not imply anything about the session.
async fn reach(registry: &Registry, id: SessionId) -> Option<(Reader, Writer)> {
    loop {
        match subscribe(registry, id).await {
            Ok(connection) => return Some(connection),
            Err(Error::Gone) => return None,
            Err(error) => {
                tracing::warn!(session = %id, %error, "cannot reach the session; retrying");
            }
        }
        sleep(RETRY).await;
    }
}

async fn subscribe(registry: &Registry, id: SessionId) -> Result<(Reader, Writer), Error> {
    connection::request(registry.run_dir(), id, Body::Subscribe(Subscribe {})).await
}

/// Ends processes that members started as another user, which requires root.
fn end_foreign(session: &Reader, report: &Report) {
    if report.unkillable > 0
        && geteuid().is_root()
        && let Some(process) = session.process
    {
        tokio::spawn(kill::end_foreign(process));
    }
}

/// Handles a session whose process is gone: with a final report, or lost.
async fn settle(registry: &Registry, id: SessionId) {
    if let Some(report) = run_dir::final_report(registry.run_dir(), id) {
        return registry.set(id, report);
    }
    kill::end_orphans(id).await;
    run_dir::remove(registry.run_dir(), id);
    registry.remove_lost(id);
}
