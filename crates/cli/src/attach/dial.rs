//! One attempt to attach: a ticket, a socket, a hello, then messages both ways until it ends. What they
//! mean is not known here.

use futures_util::{SinkExt, StreamExt};
use prost::Message as _;
use protocol::{
    api::{Attach, Ticket},
    id::SessionId,
    wire::{ClientMessage, Hello, ServerMessage, client_message::Body},
};
use tokio::{
    sync::mpsc::{Sender, UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
};
use tokio_tungstenite::tungstenite::Message;

use crate::http::{self as client, Client, Socket};

/// A connection that broke has no close frame.
const ABNORMAL: u16 = 1006;

/// What becomes of an attempt.
#[derive(Debug)]
pub enum Heard {
    /// The server gave a ticket.
    Ticket,
    /// The server refused for good.
    Refused(client::Error),
    /// It could not be asked, or not now.
    Failed,
    /// The session says something.
    Message(ServerMessage),
    /// The socket closed with this code.
    Closed(u16),
}

/// An attempt under way or an open connection; it ends when it is dropped.
pub struct Line {
    say: UnboundedSender<Body>,
    task: JoinHandle<()>,
}

impl Line {
    /// Attaches. What is heard comes with the attempt's number. `hello` is without its ticket.
    pub fn open(
        client: Client,
        id: SessionId,
        asked: Attach,
        hello: Hello,
        attempt: u64,
        hear: Sender<(u64, Heard)>,
    ) -> Self {
        let (say, said) = unbounded_channel();
        let task = tokio::spawn(async move {
            let last = match dial(&client, id, &asked, hello, attempt, &hear).await {
                Ok(socket) => talk(socket, said, attempt, &hear).await,
                Err(error) if error.is_temporary() => Heard::Failed,
                Err(error) => Heard::Refused(error),
            };
            // Whoever does not listen any more has left.
            let _ = hear.send((attempt, last)).await;
        });
        Self { say, task }
    }

    /// Says something to the session; lost if the connection is.
    pub fn say(&self, body: Body) {
        let _ = self.say.send(body);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn dial(
    client: &Client,
    id: SessionId,
    asked: &Attach,
    hello: Hello,
    attempt: u64,
    hear: &Sender<(u64, Heard)>,
) -> Result<Socket, client::Error> {
    let ticket: Ticket = client.post(&format!("/sessions/{id}/attach"), asked).await?;
    let _ = hear.send((attempt, Heard::Ticket)).await;
    let mut socket = client.socket(&ticket.url, &ticket.subprotocol).await?;
    let hello = Hello { ticket: ticket.ticket, ..hello };
    // A socket that takes no hello closes, and that is read.
    let _ = socket.send(encode(Body::Hello(hello))).await;
    Ok(socket)
}

/// Passes messages on until the socket closes; how it did.
async fn talk(
    socket: Socket,
    mut said: UnboundedReceiver<Body>,
    attempt: u64,
    hear: &Sender<(u64, Heard)>,
) -> Heard {
    let (mut sink, mut stream) = socket.split();
    let writing = async {
        while let Some(body) = said.recv().await {
            if sink.send(encode(body)).await.is_err() {
                break;
            }
        }
        // The close is read, whoever began it.
        std::future::pending::<()>().await;
    };
    let reading = async {
        while let Some(Ok(message)) = stream.next().await {
            match message {
                Message::Binary(bytes) => {
                    // A newer session may say what this program does not understand.
                    if let Ok(message) = ServerMessage::decode(bytes) {
                        let _ = hear.send((attempt, Heard::Message(message))).await;
                    }
                }
                Message::Close(frame) => return frame.map_or(ABNORMAL, |frame| frame.code.into()),
                _ => {}
            }
        }
        ABNORMAL
    };
    tokio::select! {
        code = reading => Heard::Closed(code),
        () = writing => Heard::Closed(ABNORMAL),
    }
}

fn encode(body: Body) -> Message {
    Message::Binary(ClientMessage { body: Some(body) }.encode_to_vec().into())
}
