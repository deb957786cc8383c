//! The interface of the host role: opening it, starting, attaching to, listing and ending sessions.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
    time::Duration,
};

use protocol::{
    id::SessionId,
    wire::{AttachRequest, EndRequest, Report, session_request::Body},
};
use tokio::{sync::watch, task::JoinSet, time::timeout};

use crate::{
    Config, Error, Reader, Start, Usage, Writer, connection, follow, kill, launch,
    registry::Registry, run_dir, usage::UsageCache,
};

/// Time limit for a session to end itself: HUP, TERM, KILL and the final check.
const END_TIMEOUT: Duration = Duration::from_secs(9);

/// The host role. Clones share its state.
#[derive(Clone)]
pub struct Host {
    pub(crate) registry: Arc<Registry>,
    usage: Arc<UsageCache>,
}

impl Host {
    /// Creates the run directory if necessary and finds all sessions: those that run, and those that
    /// ended while no host role was running.
    /// Fails with [`Error::RunDir`] if the directory is not private to this account.
    pub async fn open(config: Config) -> Result<Self, Error> {
        run_dir::prepare(&config.run_dir)?;
        let found = run_dir::sessions(&config.run_dir)?;
        let host = Self::with(config);
        host.registry.unreported().extend(found.iter().copied());
        let find = |id| follow::find_again(Arc::clone(&host.registry), id);
        let mut tasks: JoinSet<()> = found.into_iter().map(find).collect();
        while tasks.join_next().await.is_some() {}
        Ok(host)
    }

    /// Finds the running sessions, to list or end them while another process has the host role. The run
    /// directory is not changed.
    /// Fails with [`Error::RunDir`] if this process cannot read it.
    pub async fn beside(config: Config) -> Result<Self, Error> {
        let found = run_dir::sessions(&config.run_dir).map_err(|error| {
            Error::RunDir(format!("Could not read {}: {error}", config.run_dir.display()))
        })?;
        let host = Self::with(config);
        let read = |id| follow::read_report(Arc::clone(&host.registry), id);
        let mut tasks: JoinSet<()> = found.into_iter().map(read).collect();
        while tasks.join_next().await.is_some() {}
        Ok(host)
    }

    fn with(config: Config) -> Self {
        Self { registry: Arc::new(Registry::new(config)), usage: Arc::default() }
    }

    /// Checks that sessions can be started. [`Error::Offline`] names what is missing.
    pub fn online(&self) -> Result<(), Error> {
        let Config { run_dir, program, .. } = &self.registry.config;
        let missing = |path: &Path| Error::Offline(format!("{} does not exist.", path.display()));
        if !run_dir.is_dir() {
            return Err(missing(run_dir));
        }
        if !program.is_file() {
            return Err(missing(program));
        }
        Ok(())
    }

    /// Starts a session and returns its first report. A failure leaves nothing behind.
    pub async fn start(&self, start: Start) -> Result<Report, Error> {
        self.online()?;
        let id = start.id;
        let report = launch::launch(&self.registry.config, start).await?;
        self.registry.set(id, report.clone());
        tokio::spawn(follow::follow(Arc::clone(&self.registry), id));
        Ok(report)
    }

    /// Returns the last report of each session. A final one remains until it is acknowledged.
    pub fn reports(&self) -> HashMap<SessionId, Report> {
        self.registry.reports().clone()
    }

    /// Returns the sessions found by [`Host::open`] that have not reported yet: their state is unknown.
    pub fn unreported(&self) -> HashSet<SessionId> {
        self.registry.unreported().clone()
    }

    pub fn report(&self, id: SessionId) -> Option<Report> {
        self.registry.reports().get(&id).cloned()
    }

    /// Removes a session whose final report was processed.
    pub async fn acknowledge(&self, id: SessionId) {
        let known = self.registry.reports().remove(&id);
        if known.is_some_and(|report| report.end.is_some()) {
            run_dir::remove(self.registry.run_dir(), id);
        }
    }

    /// Attaches a viewer, or a guest if the request has one. From then on both sides send messages of
    /// the .proto.
    /// Fails with [`Error::Gone`] if the session has ended.
    pub async fn attach(
        &self,
        id: SessionId,
        request: AttachRequest,
    ) -> Result<(Reader, Writer), Error> {
        let body = match request.guest {
            Some(_) => Body::Join(request),
            None => Body::Attach(request),
        };
        connection::request(self.registry.run_dir(), id, body).await
    }

    /// Ends a session and returns once all its processes have ended. Returns `None` if its process did
    /// not respond and was killed together with its descendants.
    /// Fails with [`Error::Gone`] if it has ended and with [`Error::Stuck`] if KILL did not end it.
    pub async fn end(&self, id: SessionId, request: EndRequest) -> Result<Option<Report>, Error> {
        let answer = async {
            let run_dir = self.registry.run_dir();
            let (mut reader, _writer) =
                connection::request(run_dir, id, Body::End(request)).await?;
            reader.report().await.ok_or(Error::Gone)
        };
        let process = self.report(id).map(|report| report.process);
        let stopped = process.is_some_and(kill::is_stopped);
        match timeout(if stopped { Duration::ZERO } else { END_TIMEOUT }, answer).await {
            Ok(report) => {
                let report = report?;
                self.registry.set(id, report.clone());
                Ok(Some(report))
            }
            Err(_) => kill::end_stuck(id, process).await.map(|()| None),
        }
    }

    /// Returns the resource usage of each session. A measurement older than 2 s starts a new one; the
    /// old result is returned until that finishes, unless it is older than 10 s.
    pub async fn usage(&self) -> HashMap<SessionId, Usage> {
        self.usage.get(&self.registry).await
    }

    /// Notifies of every change of any session; the receiver reads the new state itself.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.registry.subscribe()
    }
}
