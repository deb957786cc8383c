//! One WebSocket of one attachment: hello first, then messages both ways. What they mean is not known
//! here.

use std::{cell::RefCell, future::poll_fn, rc::Rc};

use futures_util::{
    FutureExt, SinkExt, StreamExt,
    future::{AbortHandle, abortable},
    stream::SplitSink,
};
use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
use prost::Message as _;
use protocol::wire::{ClientMessage, ServerMessage, client_message::Body};

/// What comes out of a socket: messages, then the code it closed with.
pub type Incoming = Result<ServerMessage, u16>;

/// A broken connection has no close frame; browsers then say this.
const ABNORMAL: u16 = 1006;

/// An open or opening socket; closed when dropped.
pub struct Socket {
    sink: Rc<RefCell<Option<SplitSink<WebSocket, Message>>>>,
    reader: AbortHandle,
    /// The same socket, to be asked how it is.
    line: web_sys::WebSocket,
}

impl Socket {
    /// Opens a socket and says hello. None when the address makes no sense to the browser.
    pub fn open(
        url: &str,
        subprotocol: &str,
        hello: Body,
        on: impl Fn(Incoming) + 'static,
    ) -> Option<Self> {
        let line = web_sys::WebSocket::new_with_str(url, subprotocol).ok()?;
        let mut socket = WebSocket::try_from(line.clone()).ok()?;
        let shared = Rc::new(RefCell::new(None));
        let (place, asked) = (Rc::clone(&shared), line.clone());
        let (task, reader) = abortable(async move {
            let opened = poll_fn(|waiting| socket.poll_ready_unpin(waiting)).await;
            let (mut sink, mut stream) = socket.split();
            // It may have been cut as soon as it was open, or never have opened.
            let open = opened.is_ok() && asked.ready_state() == web_sys::WebSocket::OPEN;
            if open && sink.send(encode(hello)).await.is_ok() {
                *place.borrow_mut() = Some(sink);
            }
            while let Some(next) = stream.next().await {
                match next {
                    // A newer session may say what this page does not understand.
                    Ok(Message::Bytes(bytes)) => {
                        if let Ok(message) = ServerMessage::decode(bytes.as_slice()) {
                            on(Ok(message));
                        }
                    }
                    Err(WebSocketError::ConnectionClose(close)) => return on(Err(close.code)),
                    // After an error comes the close that tells the code.
                    Ok(Message::Text(_)) | Err(_) => {}
                }
            }
            on(Err(ABNORMAL));
        });
        wasm_bindgen_futures::spawn_local(task.map(drop));
        Some(Self { sink: shared, reader, line })
    }

    /// Sends a message. What can't be sent is lost with the connection, and the close tells of that.
    pub fn send(&self, body: Body) {
        // One that broke just now says so by its close a moment later.
        if self.line.ready_state() != web_sys::WebSocket::OPEN {
            return;
        }
        if let Some(sink) = self.sink.borrow_mut().as_mut() {
            // An open socket takes a message at once.
            let _ = sink.send(encode(body)).now_or_never();
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.reader.abort();
        self.sink.borrow_mut().take();
    }
}

fn encode(body: Body) -> Message {
    Message::Bytes(ClientMessage { body: Some(body) }.encode_to_vec())
}
