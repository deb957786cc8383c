//! The connection of an attachment: attempts of a ticket, a socket and a hello, then messages both ways.
//! It does not interpret messages.

use client::{Target, encode};
use futures_util::{SinkExt, StreamExt};
use protocol::{
    api::{Attach, Ticket},
    close,
    id::SessionId,
    wire::{Hello, client_message::Body},
};
use tokio::{
    sync::mpsc::{Sender, UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
};
use tokio_tungstenite::tungstenite::Message;

use super::viewer::{Incoming, Request};
use crate::http::{self, Client, Socket};

/// The current attempt or open socket of an attachment, and how to start the next.
pub struct Connection {
    client: Client,
    session: SessionId,
    incoming: Sender<(u64, Incoming)>,
    attempt: u64,
    /// Takes messages for the socket, if there is an attempt.
    outgoing: Option<UnboundedSender<Vec<u8>>>,
    /// The attempt; ends when it is dropped.
    task: JoinSet<()>,
}

impl Connection {
    /// Returns a closed connection. Each [`Incoming`] is sent with the number of its attempt.
    pub fn new(client: Client, session: SessionId, incoming: Sender<(u64, Incoming)>) -> Self {
        let task = JoinSet::new();
        Self { client, session, incoming, attempt: 0, outgoing: None, task }
    }

    /// Returns whether this is the number of the current attempt.
    pub fn is_current(&self, attempt: u64) -> bool {
        self.attempt == attempt
    }

    /// Performs a request of the viewer. Messages are dropped while there is no socket.
    pub fn perform(&mut self, request: Request) {
        match request {
            Request::Dial(attach, hello) => self.open(attach, hello),
            Request::Send(bytes) => {
                if let Some(outgoing) = &self.outgoing {
                    let _ = outgoing.send(bytes);
                }
            }
            Request::Close => {
                self.attempt += 1;
                self.outgoing = None;
                self.task = JoinSet::new();
            }
        }
    }

    fn open(&mut self, attach: Attach, hello: Hello) {
        let (sender, outgoing) = unbounded_channel();
        let (client, id, attempt) = (self.client.clone(), self.session, self.attempt);
        let incoming = self.incoming.clone();
        self.outgoing = Some(sender);
        self.task = JoinSet::new();
        self.task.spawn(async move {
            let last = match dial(&client, id, &attach, hello, attempt, &incoming).await {
                Ok(socket) => relay(socket, outgoing, attempt, &incoming).await,
                Err(error) if error.is_temporary() => Incoming::Failed,
                Err(error) => Incoming::Refused(error),
            };
            // Fails only after the program stopped to listen.
            let _ = incoming.send((attempt, last)).await;
        });
    }
}

async fn dial(
    client: &Client,
    id: SessionId,
    attach: &Attach,
    hello: Hello,
    attempt: u64,
    incoming: &Sender<(u64, Incoming)>,
) -> Result<Socket, http::Error> {
    let ticket: Ticket = client.post(&format!("/sessions/{id}/attach"), attach).await?;
    // For another target, the viewer closes this attempt and sends no input.
    let _ = incoming.send((attempt, Incoming::Ticket(Target::from(&ticket)))).await;
    let mut socket = client.socket(&ticket.url, &ticket.subprotocol).await?;
    let hello = Hello { ticket: ticket.ticket, ..hello };
    // If this fails, the socket closes, and the close is read.
    let _ = socket.send(binary(encode(Body::Hello(hello)))).await;
    Ok(socket)
}

/// Relays messages both ways until the socket closes, and returns the close.
async fn relay(
    socket: Socket,
    mut outgoing: UnboundedReceiver<Vec<u8>>,
    attempt: u64,
    incoming: &Sender<(u64, Incoming)>,
) -> Incoming {
    let (mut sink, mut stream) = socket.split();
    let writing = async {
        while let Some(bytes) = outgoing.recv().await {
            if sink.send(binary(bytes)).await.is_err() {
                break;
            }
        }
        // The reading side ends with the close, whichever side began it.
        std::future::pending::<()>().await;
    };
    let reading = async {
        while let Some(Ok(message)) = stream.next().await {
            match message {
                Message::Binary(bytes) => {
                    let _ = incoming.send((attempt, Incoming::Message(bytes.into()))).await;
                }
                Message::Close(frame) => {
                    return frame.map_or(close::ABNORMAL, |frame| frame.code.into());
                }
                _ => {}
            }
        }
        close::ABNORMAL
    };
    tokio::select! {
        code = reading => Incoming::Closed(code),
        () = writing => Incoming::Closed(close::ABNORMAL),
    }
}

fn binary(bytes: Vec<u8>) -> Message {
    Message::Binary(bytes.into())
}
