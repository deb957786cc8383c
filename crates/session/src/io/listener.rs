//! Who comes to the session's socket, and who of them has not said yet what it wants.

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

/// Who came but says nothing is waited for no longer than this.
const PATIENCE: Duration = Duration::from_secs(2);

/// The listening socket.
pub struct Arrivals {
    listener: UnixListener,
    starter: Uid,
    unheard: Cell<usize>,
    heard: Notify,
}

/// Somebody who came; dropped once it was heard.
pub struct Arrival(Rc<Arrivals>);

impl Arrivals {
    /// Takes the socket over. Only processes of the user that started this one, and of root, are let in;
    /// not those of the account that it has become since.
    pub fn new(listener: UnixListener, starter: Uid) -> Self {
        Self { listener, starter, unheard: Cell::new(0), heard: Notify::new() }
    }

    /// Waits for the next one.
    ///
    /// # Errors
    /// As accept(2): out of descriptors, most likely.
    pub async fn next(self: &Rc<Self>) -> io::Result<(UnixStream, Arrival)> {
        let stream = loop {
            let (stream, _) = self.listener.accept().await?;
            let mut welcome = [self.starter.as_raw(), 0].into_iter();
            if stream.peer_cred().is_ok_and(|peer| welcome.any(|user| peer.uid() == user)) {
                break stream;
            }
        };
        self.unheard.set(self.unheard.get() + 1);
        Ok((stream, Arrival(Rc::clone(self))))
    }

    /// Waits until all who came until now were heard, also those whom nobody accepted yet.
    pub async fn heard(&self) {
        let all = async {
            while self.waiting() || self.unheard.get() > 0 {
                self.heard.notified().await;
            }
        };
        let _ = timeout(PATIENCE, all).await;
    }

    fn waiting(&self) -> bool {
        let mut sockets = [PollFd::from_borrowed_fd(self.listener.as_fd(), PollFlags::IN)];
        poll(&mut sockets, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|ready| ready > 0)
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.0.unheard.set(self.0.unheard.get().saturating_sub(1));
        self.0.heard.notify_one();
    }
}
