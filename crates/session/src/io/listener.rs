//! The listening socket. Counts the connections that have not sent their request yet.

use std::{cell::Cell, io, os::fd::AsFd, rc::Rc};

use rustix::{
    event::{PollFd, PollFlags, poll},
    fs::Uid,
    time::Timespec,
};
use tokio::{
    net::{UnixListener, UnixStream},
    sync::Notify,
    time::{Duration, timeout},
};

/// Longest wait for connections that send no request.
const PATIENCE: Duration = Duration::from_secs(2);

pub struct Listener {
    listener: UnixListener,
    starter: Uid,
    pending: Cell<usize>,
    received: Notify,
}

/// Marks a connection as pending until it is dropped.
pub struct Pending(Rc<Listener>);

impl Listener {
    /// Takes over a bound socket. Accepts only processes of `starter`, the user that started this
    /// process, and of root. The account that the process has become since is excluded.
    pub fn new(listener: UnixListener, starter: Uid) -> Self {
        Self { listener, starter, pending: Cell::new(0), received: Notify::new() }
    }

    pub async fn accept(self: &Rc<Self>) -> io::Result<(UnixStream, Pending)> {
        let stream = loop {
            let (stream, _) = self.listener.accept().await?;
            let mut allowed = [self.starter.as_raw(), 0].into_iter();
            if stream.peer_cred().is_ok_and(|peer| allowed.any(|user| peer.uid() == user)) {
                break stream;
            }
        };
        self.pending.set(self.pending.get() + 1);
        Ok((stream, Pending(Rc::clone(self))))
    }

    /// Waits until every connection made so far, accepted or not, has sent its request.
    pub async fn settled(&self) {
        let all = async {
            while self.has_backlog() || self.pending.get() > 0 {
                self.received.notified().await;
            }
        };
        let _ = timeout(PATIENCE, all).await;
    }

    fn has_backlog(&self) -> bool {
        let mut sockets = [PollFd::from_borrowed_fd(self.listener.as_fd(), PollFlags::IN)];
        poll(&mut sockets, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|ready| ready > 0)
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.pending.set(self.0.pending.get().saturating_sub(1));
        self.0.received.notify_one();
    }
}
