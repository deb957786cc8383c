//! The connection of a viewer as the operating system has it: it can be made to end at once, with all that
//! its viewer has not taken. It knows no HTTP and no session.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// What a request carries of the connection that it came by.
#[derive(Clone, Debug, Default)]
pub struct Door(Arc<AtomicBool>);

impl Door {
    /// Has the connection be reset when it is dropped: what was not sent by then never is.
    pub fn slam(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A connection, and its door.
#[derive(Debug)]
pub struct Doorway {
    stream: TcpStream,
    door: Door,
}

impl Doorway {
    /// A connection whose door is open.
    pub fn new(stream: TcpStream) -> Self {
        Self { stream, door: Door::default() }
    }

    /// Its door.
    pub fn door(&self) -> Door {
        self.door.clone()
    }
}

impl Drop for Doorway {
    fn drop(&mut self) {
        if self.door.0.load(Ordering::Relaxed) {
            // One that is broken already needs no reset.
            let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        }
    }
}

impl AsyncRead for Doorway {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Doorway {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, buffer)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
