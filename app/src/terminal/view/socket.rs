//! One WebSocket of one attachment: the hello first, then messages both ways. It does not interpret
//! messages.

use std::{cell::RefCell, future::poll_fn, rc::Rc};

use futures_util::{
    FutureExt, SinkExt, StreamExt,
    future::{AbortHandle, abortable},
    stream::SplitSink,
};
use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
use protocol::close;

/// Message of a socket, or the code with which it closed.
pub type Incoming = Result<Vec<u8>, u16>;

/// A socket that is open or opening; it closes when dropped.
pub struct Socket {
    sink: Rc<RefCell<Option<SplitSink<WebSocket, Message>>>>,
    reader: AbortHandle,
    /// The same socket, for its state.
    socket: web_sys::WebSocket,
}

impl Socket {
    /// Opens a socket and sends the hello. Returns none if the browser rejects the address.
    pub fn open(
        url: &str,
        subprotocol: &str,
        hello: Vec<u8>,
        on: impl Fn(Incoming) + 'static,
    ) -> Option<Self> {
        let raw = web_sys::WebSocket::new_with_str(url, subprotocol).ok()?;
        let mut socket = WebSocket::try_from(raw.clone()).ok()?;
        let shared = Rc::new(RefCell::new(None));
        let (shared_sink, state) = (Rc::clone(&shared), raw.clone());
        let (task, reader) = abortable(async move {
            let opened = poll_fn(|waiting| socket.poll_ready_unpin(waiting)).await;
            let (mut sink, mut stream) = socket.split();
            // The socket may never have opened, or have closed at once.
            let open = opened.is_ok() && state.ready_state() == web_sys::WebSocket::OPEN;
            if open && sink.send(Message::Bytes(hello)).await.is_ok() {
                *shared_sink.borrow_mut() = Some(sink);
            }
            while let Some(next) = stream.next().await {
                match next {
                    Ok(Message::Bytes(bytes)) => on(Ok(bytes)),
                    Err(WebSocketError::ConnectionClose(close)) => return on(Err(close.code)),
                    // After an error, a close follows with the code.
                    Ok(Message::Text(_)) | Err(_) => {}
                }
            }
            on(Err(close::ABNORMAL));
        });
        wasm_bindgen_futures::spawn_local(task.map(drop));
        Some(Self { sink: shared, reader, socket: raw })
    }

    /// Sends a message, or drops it if the socket is not open.
    pub fn send(&self, bytes: Vec<u8>) {
        if self.socket.ready_state() != web_sys::WebSocket::OPEN {
            return;
        }
        if let Some(sink) = self.sink.borrow_mut().as_mut() {
            // An open socket accepts a message immediately.
            let _ = sink.send(Message::Bytes(bytes)).now_or_never();
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.reader.abort();
        self.sink.borrow_mut().take();
    }
}
