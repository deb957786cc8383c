//! A TCP stream that can be reset on close, which discards everything its peer has not received, and that
//! records its activity. Does not depend on HTTP or sessions.

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
    time::Instant,
};

use super::admission::Place;

/// Handle of a request's connection; every request carries it as an extension.
#[derive(Clone, Debug, Default)]
pub struct AbortHandle(Arc<AtomicBool>);

impl AbortHandle {
    /// Makes the connection close with a reset, so that the kernel discards unsent data.
    pub fn abort(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A connection that closes with a reset once its [`AbortHandle`] was used.
#[derive(Debug)]
pub struct AbortableStream {
    stream: TcpStream,
    handle: AbortHandle,
    place: Place,
}

impl AbortableStream {
    /// Returns the stream, which holds its place until it is closed.
    pub fn new(stream: TcpStream, place: Place) -> Self {
        Self { stream, handle: AbortHandle::default(), place }
    }

    pub fn handle(&self) -> AbortHandle {
        self.handle.clone()
    }

    fn record(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.place.activity.record(Instant::now());
        }
        written
    }
}

impl Drop for AbortableStream {
    fn drop(&mut self) {
        if self.handle.0.load(Ordering::Relaxed) {
            // Fails only on a connection that is already broken.
            let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        }
    }
}

impl AsyncRead for AbortableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.place.activity.record(Instant::now());
        }
        read
    }
}

impl AsyncWrite for AbortableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, buffer);
        self.record(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        self.record(written)
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
