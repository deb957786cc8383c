//! Sessions known to the host role, each with its last report.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use protocol::{id::SessionId, wire::Report};
use tokio::sync::watch;

#[derive(Clone, Debug)]
pub struct Config {
    /// Directory of the sessions' sockets and final reports. Created if missing.
    pub run_dir: PathBuf,
    /// The `websh-session` program.
    pub program: PathBuf,
    /// Soft limit of open files of shells; none for that of this process.
    pub open_files: Option<u64>,
}

/// The last report of each session, and sessions that have not sent one.
pub(crate) struct Registry {
    pub config: Config,
    reports: Mutex<HashMap<SessionId, Report>>,
    /// Sessions with a directory that have not reported yet.
    unreported: Mutex<HashSet<SessionId>>,
    changed: watch::Sender<u64>,
}

impl Registry {
    pub fn new(config: Config) -> Self {
        Self {
            config,
            reports: Mutex::default(),
            unreported: Mutex::default(),
            changed: watch::Sender::new(0),
        }
    }

    pub fn reports(&self) -> MutexGuard<'_, HashMap<SessionId, Report>> {
        // Each change is a single insert or remove, so a panic leaves no partial change.
        self.reports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn unreported(&self) -> MutexGuard<'_, HashSet<SessionId>> {
        self.unreported.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn run_dir(&self) -> &Path {
        &self.config.run_dir
    }

    /// Stores a report. A final report is never replaced by a late one that is not final.
    pub fn set(&self, id: SessionId, report: Report) {
        let mut reports = self.reports();
        if !(report.end.is_none() && reports.get(&id).is_some_and(|known| known.end.is_some())) {
            reports.insert(id, report);
        }
        drop(reports);
        // Removed after the insert, so that readers of both always find the session in one.
        self.unreported().remove(&id);
        self.notify();
    }

    pub fn remove_lost(&self, id: SessionId) {
        self.reports().remove(&id);
        self.unreported().remove(&id);
        self.notify();
    }

    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn notify(&self) {
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }
}
