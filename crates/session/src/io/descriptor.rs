//! A non-blocking descriptor registered with the runtime. It is registered for reading, and for writing
//! only while a write is blocked: otherwise every read by the peer would wake the process.

use std::{
    cell::RefCell,
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    task::{Context, Poll, ready},
};

use rustix::io as rio;
use tokio::io::{Interest, unix::AsyncFd};

/// A descriptor with at most one reading and one writing task.
pub struct Descriptor {
    reading: AsyncFd<OwnedFd>,
    /// A duplicate, because a descriptor can be registered only once.
    writing: RefCell<Option<AsyncFd<OwnedFd>>>,
}

impl Descriptor {
    /// Takes over a non-blocking descriptor.
    pub fn new(fd: OwnedFd) -> io::Result<Self> {
        Ok(Self { reading: registered(fd, Interest::READABLE)?, writing: RefCell::default() })
    }

    /// Reads when data is available. A read of fewer than `drained` bytes has emptied the descriptor, so
    /// the next call waits without trying first.
    pub fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
        drained: usize,
    ) -> Poll<io::Result<usize>> {
        loop {
            let mut ready = ready!(self.reading.poll_read_ready(context))?;
            match rio::read(self, &mut *buffer) {
                Err(rio::Errno::INTR) => {}
                Err(rio::Errno::AGAIN) => ready.clear_ready(),
                Err(error) => return Poll::Ready(Err(error.into())),
                Ok(count) => {
                    if count < drained {
                        ready.clear_ready();
                    }
                    return Poll::Ready(Ok(count));
                }
            }
        }
    }

    /// Reads available data. Returns `WouldBlock` when there is none.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reading.try_io(Interest::READABLE, |fd| Ok(rio::read(fd, &mut *buffer)?))
    }

    /// Waits for writability after a write that would have blocked.
    pub fn poll_writable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut writing = self.writing.borrow_mut();
        let registration = match writing.take() {
            Some(registration) => registration,
            None => registered(rio::fcntl_dupfd_cloexec(self, 3)?, Interest::WRITABLE)?,
        };
        let registration = writing.insert(registration);
        ready!(registration.poll_write_ready(context))?.clear_ready();
        Poll::Ready(Ok(()))
    }

    /// Stops waiting for writability: everything was written.
    pub fn written(&self) {
        self.writing.take();
    }
}

impl AsFd for Descriptor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.reading.get_ref().as_fd()
    }
}

fn registered(fd: OwnedFd, interest: Interest) -> io::Result<AsyncFd<OwnedFd>> {
    #[expect(unsafe_code, reason = "tokio requires the descriptor to stay open")]
    // SAFETY: an OwnedFd refers to the same open descriptor until it is dropped.
    Ok(unsafe { AsyncFd::register_with_interest(fd, interest) }?)
}
