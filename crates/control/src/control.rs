//! `Control` itself: what it holds, what is being worked on, and the task that keeps rows and
//! processes in step.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use host::Host;
use protocol::{
    id::{MemberId, SessionId},
    wire::{EndCause, EndRequest},
};
use store::Store;
use tokio::sync::{Notify, watch};

use crate::{
    Actor, Clock, Error, Mail,
    changes::{Changes, moved},
    identity::passwords::Passwords,
    identity::tickets::Doors,
    mail::queue::MailQueue,
    sessions::reconcile::{Step, reconcile, strangers},
    sharing::expiry::forget_receipts,
    throttle::{Network, Throttle},
};

/// Pause before rows and processes are compared again after that failed.
const AGAIN: Duration = Duration::from_secs(1);

/// What an operator may set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// This machine's name for people.
    pub server_name: String,
    /// Another shell than each account's own.
    pub shell: Option<PathBuf>,
    /// Lines of history a session keeps.
    pub scrollback: u32,
    /// Where people reach it: an origin, for links.
    pub public_url: String,
    /// How mail leaves; none when it can't.
    pub mail: Option<Mail>,
    /// How long a sign-in works.
    pub sign_in_lifetime: TimeDelta,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            server_name: "localhost".to_owned(),
            shell: None,
            scrollback: 10_000,
            public_url: String::new(),
            mail: None,
            sign_in_lifetime: TimeDelta::days(30),
        }
    }
}

/// The way in for everybody; clones share it.
#[derive(Clone)]
pub struct Control {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) host: Host,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) settings: Settings,
    pub(crate) passwords: Passwords,
    /// Hash of the one-time set-up token, while there is one.
    pub(crate) set_up: Mutex<Option<[u8; 32]>>,
    pub(crate) by_account: Throttle<String>,
    pub(crate) by_source: Throttle<Network>,
    pub(crate) creates: Throttle<MemberId>,
    pub(crate) joins_by_share: Throttle<[u8; 32]>,
    pub(crate) joins_by_source: Throttle<Network>,
    pub(crate) mails: MailQueue,
    pub(crate) doors: Mutex<Doors>,
    /// Since when guests can come back to this process.
    pub(crate) began: DateTime<Utc>,
    /// Held while a guest is let in or found to be gone.
    pub(crate) joining: tokio::sync::Mutex<()>,
    /// Wakes the ending of shares.
    pub(crate) shared: Notify,
    /// Held while an owner's sessions are counted and one is added.
    pub(crate) counting: tokio::sync::Mutex<()>,
    /// Sessions that somebody is starting or ending just now.
    unsettled: Mutex<HashSet<SessionId>>,
    changes: Changes,
    /// Wakes the comparing of rows and processes.
    poke: watch::Sender<u64>,
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

impl Control {
    /// Puts the parts together. Nothing runs by itself: spawn [`Control::follow`].
    ///
    /// # Errors
    /// [`Error::Busy`] when not even one password can be hashed.
    pub async fn new(
        store: Store,
        host: Host,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Result<Self, Error> {
        let began = clock.now();
        let inner = Inner {
            store,
            host,
            clock,
            settings,
            passwords: Passwords::new().await?,
            set_up: Mutex::default(),
            by_account: Throttle::new(10, TimeDelta::seconds(60)),
            by_source: Throttle::new(30, TimeDelta::seconds(10)),
            creates: Throttle::new(30, TimeDelta::seconds(2)),
            joins_by_share: Throttle::new(10, TimeDelta::seconds(60)),
            joins_by_source: Throttle::new(30, TimeDelta::seconds(10)),
            mails: MailQueue::new(),
            doors: Mutex::default(),
            began,
            joining: tokio::sync::Mutex::default(),
            shared: Notify::new(),
            counting: tokio::sync::Mutex::default(),
            unsettled: Mutex::default(),
            changes: Changes::default(),
            poke: watch::Sender::new(0),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Changes whenever a session that this actor can see may have; says nothing more, so it can't be
    /// out of date.
    #[must_use]
    pub fn changes(&self, actor: &Actor) -> watch::Receiver<u64> {
        self.inner.changes.seen_by(actor)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it does not.
    pub async fn ready(&self) -> Result<(), Error> {
        Ok(self.inner.store.ping().await?)
    }

    /// How many sessions run, and how many viewers they have.
    #[must_use]
    pub fn counts(&self) -> (usize, u64) {
        let reports = self.inner.host.reports();
        let living = reports.values().filter(|report| report.end.is_none());
        let viewers = living.clone().map(|report| u64::from(report.viewers)).sum();
        (living.count(), viewers)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.inner.clock.now()
    }

    pub(crate) fn doors(&self) -> MutexGuard<'_, Doors> {
        // Every change under this lock is one insert or remove.
        self.inner.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks a session as being worked on, until the guard is dropped. Its owner hears of it then.
    pub(crate) fn work_on(&self, id: SessionId, owner: Option<MemberId>) -> Working {
        self.unsettled().insert(id);
        Working { control: self.clone(), id, owner }
    }

    /// Waits until nobody works on a session any more.
    pub(crate) async fn settled(&self, id: SessionId) {
        let mut settled = self.inner.poke.subscribe();
        while self.unsettled().contains(&id) {
            if settled.changed().await.is_err() {
                return;
            }
        }
    }

    /// A session of this member may have changed.
    pub(crate) fn announce(&self, owner: MemberId) {
        self.inner.changes.announce(owner);
    }

    fn unsettled(&self) -> MutexGuard<'_, HashSet<SessionId>> {
        self.inner.unsettled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps rows and processes in step for as long as it is polled, which is for good.
    pub async fn follow(self) {
        let mut host = self.inner.host.changed();
        let mut poke = self.inner.poke.subscribe();
        let mut last = None;
        // Whose each session is, and the reports that their lists have been told of.
        let mut owners = Owners::new();
        let mut told = Reports::new();
        let mut receipts = HashMap::new();
        loop {
            let reports = self.inner.host.reports();
            let shape = self.shape(&reports);
            let mut failed = false;
            // Reports also change while a session just works, which is no reason to ask the database.
            if last.as_ref() != Some(&shape) {
                match self.compare().await {
                    Ok((all, found)) => {
                        owners.extend(found);
                        last = all.then_some(shape);
                    }
                    Err(error) => {
                        tracing::warn!(%error, "sessions and rows could not be compared");
                        (last, failed) = (None, true);
                    }
                }
            }
            for id in moved(&told, &reports) {
                if let Some(report) = reports.get(&id) {
                    // Tried again with the next report; the last one is written where it is taken in.
                    let _ = self.write_receipts(&mut receipts, report).await;
                }
                match owners.get(&id) {
                    Some(owner) => self.announce(*owner),
                    // It may be somebody's: they are told once the database says whose.
                    None if failed => continue,
                    None => {}
                }
                match reports.get(&id) {
                    Some(report) => drop(told.insert(id, report.clone())),
                    None => drop(told.remove(&id)),
                }
            }
            owners.retain(|id, _| told.contains_key(id));
            forget_receipts(&mut receipts, told.values());
            tokio::select! {
                _ = host.changed() => {}
                _ = poke.changed() => {}
                () = tokio::time::sleep(AGAIN), if last.is_none() => {}
            }
        }
    }

    /// Which sessions there are, over or not, and which are being worked on.
    fn shape(&self, reports: &Reports) -> (BTreeMap<SessionId, bool>, HashSet<SessionId>) {
        let sessions = reports.iter().map(|(id, report)| (*id, report.end.is_some())).collect();
        (sessions, self.unsettled().clone())
    }

    /// Compares rows and processes once. False when something was too new to judge.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database gave no answer.
    pub async fn settle(&self) -> Result<bool, Error> {
        Ok(self.compare().await?.0)
    }

    /// As [`settle`](Self::settle), and whose the sessions are.
    async fn compare(&self) -> Result<(bool, Owners), Error> {
        // Looked at before and after the rows are read: a session that was created or closed in
        // between differs, and is left for the next time.
        let before = self.inner.host.reports();
        let mut unsettled = self.unsettled().clone();
        let mut rows = self.inner.store.sessions.living().await?;
        let reports = self.inner.host.reports();
        unsettled.extend(self.unsettled().iter().copied());
        let known = unsettled.len();
        unsettled.extend(reports.keys().filter(|id| !before.contains_key(id)).copied());
        // A session that is too busy to answer is neither lost nor a stranger.
        unsettled.extend(self.inner.host.unreported());
        let all = unsettled.len() == known;
        let strangers = strangers(&rows, &reports, &unsettled);
        rows.extend(self.inner.store.sessions.lost(&strangers).await?);
        let owners: Owners = rows.iter().map(|row| (row.id, row.owner)).collect();
        for step in reconcile(&rows, &reports, &unsettled, self.now()) {
            let owner = owners.get(&step.session()).copied();
            self.take(step).await?;
            owner.inspect(|owner| self.announce(*owner));
        }
        Ok((all, owners))
    }

    async fn take(&self, step: Step) -> Result<(), Error> {
        let Inner { store, host, .. } = &*self.inner;
        match step {
            Step::Activate(id) => drop(store.sessions.activate(id).await?),
            Step::Remove(id) => store.sessions.remove_starting(id).await?,
            Step::End(row, ending) => {
                if let Some(report) = host.report(row.id) {
                    self.write_receipts(&mut HashMap::new(), &report).await?;
                }
                if store.sessions.end(&row, &ending).await? {
                    let reason = ending.reason.code();
                    tracing::info!(session = %row.id, reason, "a session ended");
                    self.audit_ending(&row, &ending).await;
                }
                host.acknowledge(row.id).await;
            }
            Step::Revive(id) => {
                if store.sessions.revive(id).await? {
                    tracing::warn!(session = %id, "a session that was thought lost lives");
                }
            }
            Step::Acknowledge(id) => host.acknowledge(id).await,
            Step::Stop(id) => {
                tracing::warn!(session = %id, "this session is in no list: ending it");
                let working = self.work_on(id, None);
                tokio::spawn(async move {
                    let request =
                        EndRequest { cause: EndCause::Dropped.into(), ..EndRequest::default() };
                    if let Err(error) = working.control.inner.host.end(id, request).await {
                        tracing::warn!(session = %id, %error, "it could not be ended");
                    }
                });
            }
        }
        Ok(())
    }
}

/// A session that is being worked on.
pub(crate) struct Working {
    control: Control,
    id: SessionId,
    owner: Option<MemberId>,
}

impl Drop for Working {
    fn drop(&mut self) {
        self.control.unsettled().remove(&self.id);
        self.owner.inspect(|owner| self.control.announce(*owner));
        self.control.inner.poke.send_modify(|count| *count = count.wrapping_add(1));
    }
}

/// Does work to its end even when whoever asked for it goes away half-way.
pub(crate) async fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    tokio::spawn(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request was not finished");
        Err(Error::Unavailable)
    })
}

/// Owners by session.
type Owners = HashMap<SessionId, MemberId>;

/// Reports by session, as the host gives them.
pub(crate) type Reports = HashMap<SessionId, protocol::wire::Report>;
