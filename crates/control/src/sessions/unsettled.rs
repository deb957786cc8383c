//! Sessions that are being started or ended right now. The reconciler skips them, and other requests
//! wait for them.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use protocol::id::{MemberId, SessionId};
use tokio::sync::watch;

use crate::context::Context;

pub(crate) struct Unsettled {
    ctx: Arc<Context>,
    ids: Mutex<HashSet<SessionId>>,
    settled: watch::Sender<()>,
}

impl Unsettled {
    pub(crate) fn new(ctx: Arc<Context>) -> Self {
        Self { ctx, ids: Mutex::default(), settled: watch::Sender::new(()) }
    }

    /// Marks a session as unsettled until the guard is dropped, and notifies its owner then.
    pub(crate) fn begin(self: &Arc<Self>, id: SessionId, owner: Option<MemberId>) -> Settling {
        self.lock().insert(id);
        Settling { unsettled: Arc::clone(self), id, owner }
    }

    /// Waits until a session is settled.
    pub(crate) async fn wait(&self, id: SessionId) {
        let mut settled = self.settled.subscribe();
        while self.lock().contains(&id) {
            if settled.changed().await.is_err() {
                return;
            }
        }
    }

    pub(crate) fn ids(&self) -> HashSet<SessionId> {
        self.lock().clone()
    }

    /// Returns a receiver that changes whenever a session has settled.
    pub(crate) fn changed(&self) -> watch::Receiver<()> {
        self.settled.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<SessionId>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Guard of an unsettled session.
pub(crate) struct Settling {
    unsettled: Arc<Unsettled>,
    id: SessionId,
    owner: Option<MemberId>,
}

impl Drop for Settling {
    fn drop(&mut self) {
        self.unsettled.lock().remove(&self.id);
        self.owner.inspect(|owner| self.unsettled.ctx.announce(*owner));
        self.unsettled.settled.send_replace(());
    }
}
