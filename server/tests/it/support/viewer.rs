//! A WebSocket client: opening, close codes, and a viewer that keeps a mirror of the screen.

use futures_util::{SinkExt, StreamExt};
use prost::Message as _;
use protocol::{
    mirror::Mirror,
    wire::{
        Ack, ClientMessage, Crew, Expiry, Hello, Input, Notice, Ping, Pong, ServerMessage,
        client_message::Body, input::Event, notice, server_message,
    },
};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};

use super::{Client, LONG};

pub const SOCKET: &str = "/api/v1/socket";

/// Opens the socket with the headers of an own page and `extra` ones. Returns the status of a refusal.
pub async fn open_socket(
    client: &Client,
    extra: &[(&str, &str)],
) -> Result<WebSocketStream<TcpStream>, u16> {
    open_at(client, SOCKET, extra).await
}

/// Opens a socket at another path.
pub async fn open_at(
    client: &Client,
    path: &str,
    extra: &[(&str, &str)],
) -> Result<WebSocketStream<TcpStream>, u16> {
    let mut request = format!("ws://{}{path}", client.address).into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("origin", client.origin().parse().unwrap());
    headers.insert("sec-websocket-protocol", "websh.v1".parse().unwrap());
    if let Some(cookie) = &client.cookie {
        headers.insert("cookie", cookie.parse().unwrap());
    }
    for (name, value) in extra {
        let name = name.parse::<tungstenite::http::HeaderName>().unwrap();
        if value.is_empty() {
            headers.remove(name);
        } else {
            headers.insert(name, value.parse().unwrap());
        }
    }
    let stream = TcpStream::connect(&client.address).await.unwrap();
    match client_async(request, stream).await {
        Ok((socket, response)) => {
            // The server accepts no compression, so a small message cannot become a large one.
            assert!(!response.headers().contains_key("sec-websocket-extensions"), "{response:?}");
            Ok(socket)
        }
        Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

/// Returns the server's close code.
pub async fn close_code(socket: &mut WebSocketStream<TcpStream>) -> u16 {
    let closed = timeout(LONG, async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                Some(Ok(_)) => {}
                other => panic!("closed without a code: {other:?}"),
            }
        }
    });
    closed.await.unwrap()
}

pub fn message(body: Body) -> Message {
    Message::Binary(ClientMessage { body: Some(body) }.encode_to_vec().into())
}

pub fn hello(ticket: &str) -> Message {
    message(Body::Hello(Hello {
        version: protocol::VERSION,
        ticket: ticket.to_owned(),
        client: uuid::Uuid::new_v4().into(),
        next_input: 1,
        device: "a test".to_owned(),
        ..Hello::default()
    }))
}

pub async fn ticket(client: &mut Client, session: &Value) -> String {
    ticket_for(client, session, &json!({ "mode": "drive" })).await
}

pub async fn ticket_for(client: &mut Client, session: &Value, attach: &Value) -> String {
    let path = format!("/api/v1/sessions/{}/attach", session["id"].as_str().unwrap());
    let response = client.post(&path, attach).await;
    assert_eq!(response.status, 200, "{response:?}");
    let body = response.json();
    assert_eq!((&body["url"], &body["subprotocol"]), (&json!(SOCKET), &json!("websh.v1")));
    body["ticket"].as_str().unwrap().to_owned()
}

/// A viewer that keeps a mirror and answers pings.
pub struct Viewer {
    pub socket: WebSocketStream<TcpStream>,
    mirror: Mirror,
    sent: u64,
    pongs: u32,
    acked: u32,
    /// Participants, from the last message about them.
    pub participants: Crew,
    /// Times of all expiry notices; 0 cancels a notice.
    pub expiries: Vec<u64>,
    /// Counts of all notices about wrong passwords.
    pub wrong_passwords: Vec<u32>,
}

impl Viewer {
    pub async fn attach(client: &mut Client, session: &Value) -> Self {
        Self::attach_as(client, session, &json!({ "mode": "drive" })).await
    }

    pub async fn attach_as(client: &mut Client, session: &Value, attach: &Value) -> Self {
        let ticket = ticket_for(client, session, attach).await;
        Self::start(open_socket(client, &[]).await.unwrap(), &ticket).await
    }

    /// Attaches a guest.
    pub async fn attach_guest(guest: &mut Client) -> Self {
        Self::attach_guest_at(guest, "/api/v1/join/attach").await
    }

    /// Attaches the guest that a path names.
    pub async fn attach_guest_at(guest: &mut Client, path: &str) -> Self {
        let response = guest.post(path, &json!({})).await;
        assert_eq!(response.status, 200, "{response:?}");
        let ticket = response.json();
        let socket = open_at(guest, ticket["url"].as_str().unwrap(), &[]).await.unwrap();
        Self::start(socket, ticket["ticket"].as_str().unwrap()).await
    }

    async fn start(mut socket: WebSocketStream<TcpStream>, ticket: &str) -> Self {
        socket.send(hello(ticket)).await.unwrap();
        Self {
            socket,
            mirror: Mirror::default(),
            sent: 0,
            pongs: 0,
            acked: 0,
            participants: Crew::default(),
            expiries: Vec::new(),
            wrong_passwords: Vec::new(),
        }
    }

    pub async fn type_text(&mut self, text: &str) {
        self.input(Event::Text(text.to_owned())).await;
    }

    /// Runs a command that prints a word, and waits for its output. The echoed command differs from it.
    pub async fn echo(&mut self, word: &str) {
        self.type_text(&format!("echo $((6*7))-{word}\r")).await;
        self.until_shows(&format!("42-{word}")).await;
    }

    /// Sends one input event.
    pub async fn input(&mut self, event: Event) {
        self.sent += 1;
        let input = Input { number: self.sent, event: Some(event) };
        self.socket.send(message(Body::Input(input))).await.unwrap();
    }

    /// Types into a socket that may be closed already.
    pub async fn try_to_type(&mut self, text: &str) {
        self.sent += 1;
        let event = Some(Event::Text(text.to_owned()));
        let input = Input { number: self.sent, event };
        let _ = self.socket.send(message(Body::Input(input))).await;
    }

    /// Returns whether a line of the screen contains a text.
    pub fn shows(&self, text: &str) -> bool {
        self.mirror.lines.iter().any(|line| line.text.contains(text))
    }

    /// Reads until a line of the screen contains a text.
    pub async fn until_shows(&mut self, text: &str) {
        let shown = timeout(LONG, self.read_until(|viewer| viewer.shows(text))).await;
        let shown =
            shown.unwrap_or_else(|_| panic!("{text} never appeared: {:?}", self.mirror.lines));
        assert_eq!(shown, None, "closed before {text} appeared");
    }

    /// Reads until the participants satisfy a condition.
    pub async fn until_participants(&mut self, is: impl Fn(&Crew) -> bool) {
        let read = timeout(LONG, self.read_until(|viewer| is(&viewer.participants))).await;
        assert_eq!(read.unwrap(), None, "closed before that");
    }

    /// Reads until a number of expiry notices was received.
    pub async fn until_expiry_notices(&mut self, times: usize) {
        let read = timeout(LONG, self.read_until(|viewer| viewer.expiries.len() == times)).await;
        assert_eq!(read.unwrap(), None, "closed before that");
    }

    /// Reads until a number of notices about wrong passwords was received.
    pub async fn until_wrong_passwords(&mut self, times: usize) {
        let read =
            timeout(LONG, self.read_until(|viewer| viewer.wrong_passwords.len() == times)).await;
        assert_eq!(read.unwrap(), None, "closed before that");
    }

    /// Waits until the session has read everything sent so far.
    pub async fn until_received(&mut self) {
        loop {
            let (pongs, acked) = (self.pongs, self.acked);
            self.socket.send(message(Body::Ping(Ping { nonce: 1 }))).await.unwrap();
            let read = timeout(LONG, self.read_until(|viewer| viewer.pongs > pongs)).await;
            assert_eq!(read.unwrap(), None, "closed before that");
            // A frame received before the pong was acknowledged after the ping.
            if self.acked == acked {
                return;
            }
        }
    }

    /// Reads until the server closes, and returns its close code.
    pub async fn until_closed(mut self) -> u16 {
        self.read_until(|_| false).await.unwrap()
    }

    /// Reads until a condition is met, or the server closes. Returns its close code.
    async fn read_until(&mut self, is_met: impl Fn(&Self) -> bool) -> Option<u16> {
        while !is_met(self) {
            let bytes = match self.socket.next().await {
                Some(Ok(Message::Binary(bytes))) => bytes,
                Some(Ok(Message::Close(frame))) => return Some(frame.unwrap().code.into()),
                Some(Ok(_)) => continue,
                other => panic!("closed without a code: {other:?}"),
            };
            match ServerMessage::decode(bytes).unwrap().body {
                Some(server_message::Body::Frame(frame)) => {
                    self.mirror.apply(&frame).unwrap();
                    self.acked += 1;
                    self.socket.send(message(Body::Ack(Ack { frames: 1 }))).await.unwrap();
                }
                Some(server_message::Body::Ping(Ping { nonce })) => {
                    self.socket.send(message(Body::Pong(Pong { nonce }))).await.unwrap();
                }
                Some(server_message::Body::Pong(_)) => self.pongs += 1,
                Some(server_message::Body::Crew(crew)) => self.participants = crew,
                Some(server_message::Body::Notice(Notice {
                    body: Some(notice::Body::Expiry(Expiry { at })),
                })) => self.expiries.push(at),
                Some(server_message::Body::Notice(Notice {
                    body: Some(notice::Body::WrongPasswords(count)),
                })) => self.wrong_passwords.push(count),
                _ => {}
            }
        }
        None
    }
}
