//! The host role on one machine: starts session processes, finds them again, relays to them, ends
//! them. It keeps nothing: what it remembers is what the sessions last said of themselves. It knows no
//! members, no SQL and no HTTP.

mod accounts;
mod ask;
mod follow;
mod force;
mod launch;
mod orphans;
mod processes;
mod run_dir;
mod wire_io;

use std::{
    collections::{HashMap, HashSet},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use protocol::{
    id::SessionId,
    wire::{AttachRequest, EndRequest, Report, session_request::Body},
};
use tokio::{sync::watch, time::timeout};

pub use accounts::{Account, look_up, operator};
pub use launch::Start;
pub use processes::Usage;
pub use wire_io::{Reader, Relayed, Writer};

/// A session takes at most this long to end itself: HUP, TERM, KILL and the last look.
const END: Duration = Duration::from_secs(9);

/// Where things are.
#[derive(Clone, Debug)]
pub struct Config {
    /// Directory of the sessions' sockets and final reports, one directory each; made when missing.
    pub run_dir: PathBuf,
    /// The `websh-session` program.
    pub program: PathBuf,
}

/// What the host role can fail with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The session's process is gone, or going.
    #[error("The session is over.")]
    Gone,
    /// The shell could not be started; nothing is left behind. One sentence.
    #[error("{0}")]
    Spawn(String),
    /// What sessions are started with is not there: none can be started for now. One sentence.
    #[error("{0}")]
    Offline(String),
    /// The session's directory can't be made; nothing is left behind.
    #[error("The session's directory can't be made: {0}.")]
    Directory(#[source] io::Error),
    /// No such account on this machine, or not one this process may use.
    #[error("The account {0} can't be used on this machine.")]
    UnknownAccount(String),
    /// Nobody can log in to this account.
    #[error("The account {account} can't be used: {reason}")]
    UnusableAccount {
        /// Its name.
        account: String,
        /// Why, one sentence.
        reason: String,
    },
    /// The run directory can't be used. One sentence that names it.
    #[error("{0}")]
    RunDir(String),
    /// The session's process did not answer in time.
    #[error("The session does not answer.")]
    Stuck,
    /// The session's process is of an earlier websh and does not know what was asked.
    #[error("The session is of an earlier version and can't do this.")]
    Unsupported,
    /// The operating system refused.
    #[error("The session can't be reached: {0}.")]
    Io(#[from] io::Error),
}

/// The host role; clones share it.
#[derive(Clone)]
pub struct Host {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    config: Config,
    reports: Mutex<HashMap<SessionId, Report>>,
    /// Sessions that have a directory and have not said anything yet: nothing is known of them.
    silent: Mutex<HashSet<SessionId>>,
    usage: processes::Cache,
    changed: watch::Sender<u64>,
}

impl Host {
    /// Makes the run directory if need be and finds every session again: those that run, and those
    /// that ended while nobody looked.
    ///
    /// # Errors
    /// [`Error::RunDir`] when the directory is not ours alone.
    pub async fn open(config: Config) -> Result<Self, Error> {
        run_dir::prepare(&config.run_dir)?;
        let host = Self::with(config);
        let found = run_dir::sessions(&host.shared.config.run_dir)?;
        host.shared.silent().extend(found.iter().copied());
        let finding: Vec<_> = found
            .into_iter()
            .map(|id| tokio::spawn(follow::find_again(Arc::clone(&host.shared), id)))
            .collect();
        for found in finding {
            let _ = found.await;
        }
        Ok(host)
    }

    /// Finds the sessions that run, to look at them or end them beside the host role that has them: the
    /// directory stays as it is, and so does whatever is left in it.
    ///
    /// # Errors
    /// [`Error::RunDir`] when there is no such directory, or it is not for the caller.
    pub async fn beside(config: Config) -> Result<Self, Error> {
        let found = run_dir::sessions(&config.run_dir).map_err(|error| {
            Error::RunDir(format!("{} can't be looked into: {error}", config.run_dir.display()))
        })?;
        let host = Self::with(config);
        let looking: Vec<_> = found
            .into_iter()
            .map(|id| tokio::spawn(follow::look(Arc::clone(&host.shared), id)))
            .collect();
        for looked in looking {
            let _ = looked.await;
        }
        Ok(host)
    }

    fn with(config: Config) -> Self {
        let shared = Shared {
            config,
            reports: Mutex::default(),
            silent: Mutex::default(),
            usage: processes::Cache::default(),
            changed: watch::Sender::new(0),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Accounts that sessions can be opened as, the own one first.
    #[must_use]
    pub fn accounts(&self) -> Vec<Account> {
        accounts::usable()
    }

    /// Whether sessions can be opened as other accounts than the own one, which takes root.
    #[must_use]
    pub fn changes_accounts(&self) -> bool {
        accounts::are_changed()
    }

    /// The account of a name, if sessions can be opened as it.
    ///
    /// # Errors
    /// [`Error::UnknownAccount`], or [`Error::UnusableAccount`] with the reason.
    pub fn account(&self, name: &str) -> Result<Account, Error> {
        look_up(name)
    }

    /// Whether sessions can be started here: their program and their directory are there.
    ///
    /// # Errors
    /// [`Error::Offline`] with what is not.
    pub fn online(&self) -> Result<(), Error> {
        let Config { run_dir, program } = &self.shared.config;
        let missing = |path: &Path| Error::Offline(format!("{} is not there.", path.display()));
        if !run_dir.is_dir() {
            return Err(missing(run_dir));
        }
        if !program.is_file() {
            return Err(missing(program));
        }
        Ok(())
    }

    /// Starts a session. Returns what it says of itself.
    ///
    /// # Errors
    /// [`Error::Offline`], [`Error::UnknownAccount`], [`Error::Directory`], [`Error::Spawn`]: nothing is left
    /// behind.
    pub async fn start(&self, start: Start) -> Result<Report, Error> {
        self.online()?;
        let id = start.id;
        let report = launch::launch(&self.shared.config, start).await?;
        self.shared.set(id, report.clone());
        tokio::spawn(follow::follow(Arc::clone(&self.shared), id));
        Ok(report)
    }

    /// What each session last said. One with `end` is over and stays until it is acknowledged.
    #[must_use]
    pub fn reports(&self) -> HashMap<SessionId, Report> {
        self.shared.reports().clone()
    }

    /// Sessions found at start-up that have not answered yet: not to be judged.
    #[must_use]
    pub fn silent(&self) -> HashSet<SessionId> {
        self.shared.silent().clone()
    }

    /// What a session last said.
    #[must_use]
    pub fn report(&self, id: SessionId) -> Option<Report> {
        self.shared.reports().get(&id).cloned()
    }

    /// Forgets a session whose final report was dealt with.
    pub async fn acknowledge(&self, id: SessionId) {
        let known = self.shared.reports().remove(&id);
        if known.is_some_and(|report| report.end.is_some()) {
            run_dir::remove(&self.shared.config.run_dir, id);
        }
    }

    /// Attaches a viewer, a guest when the request has one: messages of the .proto from then on, both ways.
    ///
    /// # Errors
    /// [`Error::Gone`] when the session is over.
    pub async fn attach(
        &self,
        id: SessionId,
        request: AttachRequest,
    ) -> Result<(Reader, Writer), Error> {
        let body = match request.guest {
            Some(_) => Body::Join(request),
            None => Body::Attach(request),
        };
        wire_io::request(&self.shared.config.run_dir, id, body).await
    }

    /// Ends a session; returns once nothing of it is left. None when its process did not answer and
    /// was killed, with everything below it.
    ///
    /// # Errors
    /// [`Error::Gone`] when it is over already, [`Error::Stuck`] when not even KILL ended it.
    pub async fn end(&self, id: SessionId, request: EndRequest) -> Result<Option<Report>, Error> {
        let asking = async {
            let run_dir = self.shared.run_dir();
            let (mut reader, _writer) = wire_io::request(run_dir, id, Body::End(request)).await?;
            reader.report().await.ok_or(Error::Gone)
        };
        let process = self.report(id).map(|report| report.process);
        let patience = if process.is_some_and(force::is_stopped) { Duration::ZERO } else { END };
        match timeout(patience, asking).await {
            Ok(report) => {
                let report = report?;
                self.shared.set(id, report.clone());
                Ok(Some(report))
            }
            Err(_) => force::end(id, process).await.map(|()| None),
        }
    }

    /// What the processes of each session take. Looked at again when it was asked for and the last
    /// look is 2 s old; who asks gets the last one meanwhile, unless that is older than 10 s.
    pub async fn usage(&self) -> HashMap<SessionId, Usage> {
        processes::usage(&self.shared).await
    }

    /// Changes when anything about any session does; says nothing more, so it can't be out of date.
    #[must_use]
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.shared.changed.subscribe()
    }
}

impl Shared {
    fn reports(&self) -> MutexGuard<'_, HashMap<SessionId, Report>> {
        // Each change is one insert or remove, so a panic elsewhere leaves nothing half done.
        self.reports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn silent(&self) -> MutexGuard<'_, HashSet<SessionId>> {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run_dir(&self) -> &Path {
        &self.config.run_dir
    }

    fn set(&self, id: SessionId, report: Report) {
        let mut reports = self.reports();
        // Nothing follows a final report; a late one of the subscription must not bring it back to life.
        if !(report.end.is_none() && reports.get(&id).is_some_and(|known| known.end.is_some())) {
            reports.insert(id, report);
        }
        drop(reports);
        // Only now: whoever asks for both must never find it in neither.
        self.silent().remove(&id);
        self.bump();
    }

    fn lose(&self, id: SessionId) {
        self.reports().remove(&id);
        self.silent().remove(&id);
        self.bump();
    }

    fn bump(&self) {
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }
}
