//! A non-blocking descriptor and waiting for it. It is registered for reading; for writing only while
//! a write is blocked, or the process would be woken each time its peer took something.

use std::{
    cell::RefCell,
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    task::{Context, Poll, ready},
};

use rustix::io as rio;
use tokio::io::{Interest, unix::AsyncFd};

/// A descriptor that its task waits for; one task reads and one writes.
pub struct Descriptor {
    reading: AsyncFd<OwnedFd>,
    /// A duplicate, since one descriptor is registered once.
    writing: RefCell<Option<AsyncFd<OwnedFd>>>,
}

impl Descriptor {
    /// Takes over a descriptor that is non-blocking already.
    ///
    /// # Errors
    /// It can't be waited for.
    pub fn new(fd: OwnedFd) -> io::Result<Self> {
        Ok(Self { reading: registered(fd, Interest::READABLE)?, writing: RefCell::default() })
    }

    /// Reads once there is something. A read of less than `drained` bytes took all there was, so the
    /// next one waits without trying first.
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

    /// Reads what is there: `WouldBlock` when nothing is known to be.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reading.try_io(Interest::READABLE, |fd| Ok(rio::read(fd, &mut *buffer)?))
    }

    /// Waits after a write that would have blocked.
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

    /// Waits no more: everything could be written.
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
    #[expect(unsafe_code, reason = "tokio asks for a promise about the descriptor")]
    // SAFETY: an OwnedFd names the same open descriptor until it is dropped.
    Ok(unsafe { AsyncFd::register_with_interest(fd, interest) }?)
}
