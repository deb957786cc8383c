//! The WebSocket: what must be right before it opens, what closes it, and what it carries.

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
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        self, Message,
        client::IntoClientRequest,
        protocol::frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};

use crate::{
    client::Client,
    governed::member,
    world::{LONG, World, create},
};

const SOCKET: &str = "/api/v1/socket";

/// Opens the socket with our own page's headers and others; the status when it is refused.
pub async fn open(
    client: &Client,
    extra: &[(&str, &str)],
) -> Result<WebSocketStream<TcpStream>, u16> {
    open_at(client, SOCKET, extra).await
}

async fn open_at(
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
        Ok((socket, answer)) => {
            // No compression, whatever is offered: a small message can't become a large one.
            assert!(!answer.headers().contains_key("sec-websocket-extensions"), "{answer:?}");
            Ok(socket)
        }
        Err(tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

/// The code that the server closes with.
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

async fn ticket(client: &mut Client, session: &Value) -> String {
    ticket_for(client, session, &json!({ "mode": "drive" })).await
}

async fn ticket_for(client: &mut Client, session: &Value, attach: &Value) -> String {
    let path = format!("/api/v1/sessions/{}/attach", session["id"].as_str().unwrap());
    let answer = client.post(&path, attach).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = answer.json();
    assert_eq!((&body["url"], &body["subprotocol"]), (&json!(SOCKET), &json!("websh.v1")));
    body["ticket"].as_str().unwrap().to_owned()
}

/// A viewer that keeps a mirror, and answers when it is asked whether it is there.
pub struct Viewer {
    pub socket: WebSocketStream<TcpStream>,
    mirror: Mirror,
    sent: u64,
    pongs: u32,
    acked: u32,
    /// Who is attached, as far as it was told.
    pub crew: Crew,
    /// When the session ends unless something happens, each time it was told; 0: not soon any more.
    pub expiries: Vec<u64>,
    /// How many wrong passwords were tried for its session, each time it was told.
    pub tried: Vec<u32>,
}

impl Viewer {
    pub async fn attach(client: &mut Client, session: &Value) -> Self {
        Self::attach_as(client, session, &json!({ "mode": "drive" })).await
    }

    pub async fn attach_as(client: &mut Client, session: &Value, attach: &Value) -> Self {
        let ticket = ticket_for(client, session, attach).await;
        Self::greet(open(client, &[]).await.unwrap(), &ticket).await
    }

    /// A guest's.
    pub async fn come(guest: &mut Client) -> Self {
        let answer = guest.post("/api/v1/join/attach", &json!({})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let ticket = answer.json();
        let socket = open_at(guest, ticket["url"].as_str().unwrap(), &[]).await.unwrap();
        Self::greet(socket, ticket["ticket"].as_str().unwrap()).await
    }

    async fn greet(mut socket: WebSocketStream<TcpStream>, ticket: &str) -> Self {
        socket.send(hello(ticket)).await.unwrap();
        Self {
            socket,
            mirror: Mirror::default(),
            sent: 0,
            pongs: 0,
            acked: 0,
            crew: Crew::default(),
            expiries: Vec::new(),
            tried: Vec::new(),
        }
    }

    pub async fn type_text(&mut self, text: &str) {
        self.input(Event::Text(text.to_owned())).await;
    }

    /// Sends the next piece of input.
    pub async fn input(&mut self, event: Event) {
        self.sent += 1;
        let input = Input { number: self.sent, event: Some(event) };
        self.socket.send(message(Body::Input(input))).await.unwrap();
    }

    /// Types into a socket that may be closed by now.
    pub async fn try_to_type(&mut self, text: &str) {
        self.sent += 1;
        let event = Some(Event::Text(text.to_owned()));
        let input = Input { number: self.sent, event };
        let _ = self.socket.send(message(Body::Input(input))).await;
    }

    /// Reads until a line of the screen contains a text.
    pub async fn until_shows(&mut self, text: &str) {
        let shows =
            |viewer: &Self| viewer.mirror.lines().iter().any(|line| line.text.contains(text));
        let shown = timeout(LONG, self.read_until(shows)).await;
        let shown =
            shown.unwrap_or_else(|_| panic!("{text} never came: {:?}", self.mirror.lines()));
        assert_eq!(shown, None, "closed before {text} came");
    }

    /// Reads until it was told something of who is attached.
    pub async fn until_crew(&mut self, is: impl Fn(&Crew) -> bool) {
        let told = timeout(LONG, self.read_until(|viewer| is(&viewer.crew))).await;
        assert_eq!(told.unwrap(), None, "closed before that");
    }

    /// Reads until it was told so many times when the session ends.
    pub async fn until_warned(&mut self, times: usize) {
        let told = timeout(LONG, self.read_until(|viewer| viewer.expiries.len() == times)).await;
        assert_eq!(told.unwrap(), None, "closed before that");
    }

    /// Reads until it was told so many times of wrong passwords.
    pub async fn until_told_of_passwords(&mut self, times: usize) {
        let told = timeout(LONG, self.read_until(|viewer| viewer.tried.len() == times)).await;
        assert_eq!(told.unwrap(), None, "closed before that");
    }

    /// Returns once the session has read all that was sent until now.
    pub async fn until_heard(&mut self) {
        loop {
            let (pongs, acked) = (self.pongs, self.acked);
            self.socket.send(message(Body::Ping(Ping { nonce: 1 }))).await.unwrap();
            let heard = timeout(LONG, self.read_until(|viewer| viewer.pongs > pongs)).await;
            assert_eq!(heard.unwrap(), None, "closed before that");
            // A frame that came before the answer was acknowledged behind the question.
            if self.acked == acked {
                return;
            }
        }
    }

    /// Stays until the server closes; the code it closes with.
    pub async fn until_closed(mut self) -> u16 {
        self.read_until(|_| false).await.unwrap()
    }

    /// Reads until something is so, or the server closes: with this code.
    async fn read_until(&mut self, so: impl Fn(&Self) -> bool) -> Option<u16> {
        while !so(self) {
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
                Some(server_message::Body::Crew(crew)) => self.crew = crew,
                Some(server_message::Body::Notice(Notice {
                    body: Some(notice::Body::Expiry(Expiry { at })),
                })) => self.expiries.push(at),
                Some(server_message::Body::Notice(Notice {
                    body: Some(notice::Body::WrongPasswords(tried)),
                })) => self.tried.push(tried),
                _ => {}
            }
        }
        None
    }
}

pub async fn close(client: &mut Client, session: &Value) {
    let path = format!("/api/v1/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(client.delete(&path).await.status, 204);
}

#[tokio::test]
async fn only_our_page_with_a_sign_in_opens_it() {
    let (world, ann) = World::new(&[]).await;
    let own = ann.origin();
    for (extra, status) in [
        (vec![("origin", "https://evil.example")], 403),
        (vec![("origin", "null")], 403),
        (vec![("origin", "")], 403),
        (vec![("origin", ""), ("sec-fetch-site", "same-origin")], 403),
        (vec![("origin", "http://127.0.0.1:1")], 403),
        (vec![("host", "attacker.test")], 421),
        (vec![("cookie", "websh=0000")], 401),
        (vec![("cookie", "")], 401),
        (vec![("sec-websocket-protocol", "other")], 400),
        (vec![("sec-websocket-version", "12")], 426),
    ] {
        assert_eq!(open(&ann, &extra).await.err(), Some(status), "{extra:?}");
    }
    let mut stranger = world.stranger();
    assert_eq!(stranger.get(&format!("{SOCKET}?ticket=x")).await.status, 401);
    assert_eq!(stranger.post(SOCKET, &json!({})).await.status, 405);
    let offer = [("sec-websocket-extensions", "permessage-deflate"), ("origin", own.as_str())];
    assert!(open(&ann, &offer).await.is_ok());
}

#[tokio::test]
async fn a_bad_first_message_says_what_was_wrong() {
    let (world, mut ann) = World::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let used = ticket(&mut ann, &session).await;
    let mut first = open(&ann, &[]).await.unwrap();
    first.send(hello(&used)).await.unwrap();
    assert!(matches!(first.next().await, Some(Ok(Message::Binary(_)))));
    let mut bob = world.member("bob@example.org", "member").await;
    let bobs = create(&mut bob, "k").await.json();
    let others = ticket(&mut bob, &bobs).await;
    let big = Message::Binary(vec![0; 64 * 1024 + 1].into());
    let early = message(Body::Input(Input { number: 1, event: Some(Event::Text("x".into())) }));
    for (sent, code) in [
        (Message::Text("hello".into()), 4400),
        (Message::Binary(vec![0xff; 4].into()), 4400),
        (Message::Binary(vec![].into()), 4400),
        (early, 4400),
        (big, 1009),
        (hello(""), 1012),
        (hello(&"0".repeat(64)), 1012),
        (hello(&used), 1012),
        (hello(&others), 1012),
    ] {
        let mut socket = open(&ann, &[]).await.unwrap();
        let said = format!("{sent:?}").chars().take(80).collect::<String>();
        socket.send(sent).await.unwrap();
        assert_eq!(close_code(&mut socket).await, code, "{said}");
    }
    drop(first);
    close(&mut ann, &session).await;
    close(&mut bob, &bobs).await;
}

/// A piece of a message that is not its last one.
fn piece(first: bool, length: usize) -> Message {
    let kind = if first { Data::Binary } else { Data::Continue };
    Message::Frame(Frame::message(vec![0; length], OpCode::Data(kind), false))
}

/// KiB of memory that only this process has.
fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[tokio::test]
async fn a_message_in_pieces_may_be_no_longer_than_one() {
    let (_world, mut ann) = World::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    viewer.type_text("echo $((6*7))-done\r").await;
    viewer.until_shows("42-done").await;
    for socket in [&mut open(&ann, &[]).await.unwrap(), &mut viewer.socket] {
        for at in 0..4 {
            socket.send(piece(at == 0, 16 * 1024)).await.unwrap();
        }
        // The last byte that may be, and what one more does.
        socket.send(piece(false, 0)).await.unwrap();
        socket.send(piece(false, 1)).await.unwrap();
        assert_eq!(close_code(socket).await, 1009);
    }
    Viewer::attach(&mut ann, &session).await.until_shows("42-done").await;
    close(&mut ann, &session).await;
}

#[tokio::test]
async fn pieces_that_never_end_are_not_kept() {
    let (world, ann) = World::new(&[]).await;
    let mut waiting = Vec::new();
    for _ in 0..8 {
        waiting.push(open(&ann, &[]).await.unwrap());
    }
    let before = memory(world.process());
    for socket in &mut waiting {
        // 60 MiB, or as much as is taken.
        let mut sent = 0;
        while sent < 960 && socket.send(piece(sent == 0, 64 * 1024)).await.is_ok() {
            sent += 1;
        }
        assert!((1..960).contains(&sent), "{sent} pieces of 64 KiB were taken");
    }
    let more = memory(world.process()).saturating_sub(before);
    assert!(more < 16 * 1024, "{more} KiB more for {} sockets", waiting.len());
}

#[tokio::test]
async fn silence_is_a_bad_message_too() {
    let (_world, ann) = World::new(&[]).await;
    let mut socket = open(&ann, &[]).await.unwrap();
    assert_eq!(close_code(&mut socket).await, 4400);
}

#[tokio::test]
async fn it_carries_a_terminal() {
    let (_world, mut ann) = World::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    viewer.type_text("echo $((6*7))-done\r").await;
    viewer.until_shows("42-done").await;
    let path = format!("/api/v1/sessions/{}", session["id"].as_str().unwrap());
    let active = crate::world::until(async || {
        let seen = ann.get(&path).await.json();
        (seen["clients"] == 1).then(|| seen["active_client"].clone())
    })
    .await;
    assert_eq!((&active["who"], &active["device"]), (&json!("Ann"), &json!("a test")));
    // A message that is too large ends this attachment, not the session.
    viewer.socket.send(Message::Binary(vec![0; 64 * 1024 + 1].into())).await.unwrap();
    assert_eq!(close_code(&mut viewer.socket).await, 1009);
    let mut again = Viewer::attach(&mut ann, &session).await;
    again.until_shows("42-done").await;
    again.type_text("exit 7\r").await;
    assert_eq!(close_code(&mut again.socket).await, 1000);
}

#[tokio::test]
async fn a_flood_of_messages_is_cut_off_and_disturbs_nobody() {
    let (_world, mut ann) = World::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let other = create(&mut ann, "l").await.json();
    let mut typing = Viewer::attach(&mut ann, &other).await;
    let flooding = Viewer::attach(&mut ann, &session).await;
    let (mut sink, mut stream) = flooding.socket.split();
    // It goes on until it is told to stop.
    let flood = tokio::spawn(async move {
        while sink.feed(message(Body::Ack(Ack { frames: 0 }))).await.is_ok() {}
    });
    let closed = async {
        loop {
            match stream.next().await {
                Some(Ok(Message::Close(Some(frame)))) => {
                    flood.abort();
                    return u16::from(frame.code);
                }
                Some(Ok(_)) => {}
                other => panic!("closed without a code: {other:?}"),
            }
        }
    };
    let closed = timeout(LONG, closed);
    typing.type_text("echo $((6*7))-done\r").await;
    let (code, ()) = tokio::join!(closed, typing.until_shows("42-done"));
    assert_eq!(code.unwrap(), 4429);
}

#[tokio::test]
async fn a_second_client_takes_over() {
    let (_world, mut ann) = World::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let mut first = Viewer::attach(&mut ann, &session).await;
    first.type_text("echo $((6*7))-first\r").await;
    first.until_shows("42-first").await;
    let mut second = Viewer::attach(&mut ann, &session).await;
    second.until_shows("42-first").await;
    assert_eq!(close_code(&mut first.socket).await, 4409);
    let second = tokio::spawn(second.until_closed());
    // Where the policy asks first, so does the server.
    let path = format!("/api/v1/sessions/{}", session["id"].as_str().unwrap());
    let single = ann.send("PATCH", &path, &[], b"{\"attach_policy\":\"single\"}").await;
    assert_eq!(single.status, 200);
    let refused = crate::world::until(async || {
        // Who drives is known once the session has said so.
        let answer = ann.post(&format!("{path}/attach"), &json!({})).await;
        (answer.status != 200).then_some(answer)
    })
    .await;
    assert_eq!((refused.status, refused.code()), (409, "attached_elsewhere".into()));
    assert_eq!(refused.json()["error"]["active_client"]["device"], "a test");
    let taken = ann.post(&format!("{path}/attach"), &json!({ "take_over": true })).await;
    assert_eq!(taken.status, 200);
    close(&mut ann, &session).await;
    assert_eq!(second.await.unwrap(), 1000);
}

#[tokio::test]
async fn signing_out_closes_it() {
    let (world, mut ann) = World::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    viewer.type_text("echo $((6*7))-seen\r").await;
    viewer.until_shows("42-seen").await;
    let left = ticket(&mut ann, &session).await;
    let mut waiting = open(&ann, &[]).await.unwrap();
    assert_eq!(ann.post("/api/v1/logout", &json!({})).await.status, 204);
    assert_eq!(close_code(&mut viewer.socket).await, 4401);
    waiting.send(hello(&left)).await.unwrap();
    assert_eq!(close_code(&mut waiting).await, 1012);
    let mut again = world.stranger();
    again.sign_in(crate::world::EMAIL, crate::world::PASSWORD).await;
    Viewer::attach(&mut again, &session).await.until_shows("42-seen").await;
    close(&mut again, &session).await;
}

#[tokio::test]
async fn a_changed_password_closes_it() {
    let (world, mut ann) = World::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    viewer.type_text("echo $((6*7))-seen\r").await;
    viewer.until_shows("42-seen").await;
    let passwd = ["user", "passwd", crate::world::EMAIL];
    let (well, said) = crate::world::run(world.data.path(), &passwd, "another password").await;
    assert!(well, "{said}");
    assert_eq!(close_code(&mut viewer.socket).await, 4401);
    assert_eq!(ann.sign_in(crate::world::EMAIL, "another password").await.status, 200);
    Viewer::attach(&mut ann, &session).await.until_shows("42-seen").await;
    close(&mut ann, &session).await;
}

#[tokio::test]
async fn a_server_that_stops_says_come_back() {
    let (mut world, mut ann) = World::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    viewer.type_text("echo $((6*7))-seen\r").await;
    viewer.until_shows("42-seen").await;
    let before = ticket(&mut ann, &session).await;
    let mut silent = open(&ann, &[]).await.unwrap();
    let (stopped, code, silent) =
        tokio::join!(world.stop(), close_code(&mut viewer.socket), close_code(&mut silent));
    assert_eq!((stopped, code, silent), (true, 1012, 1012));
    world.start().await;
    // A ticket of the process before is no reason to give up.
    let mut late = open(&ann, &[]).await.unwrap();
    late.send(hello(&before)).await.unwrap();
    assert_eq!(close_code(&mut late).await, 1012);
    Viewer::attach(&mut ann, &session).await.until_shows("42-seen").await;
    close(&mut ann, &session).await;
}

#[tokio::test]
async fn lists_hear_of_changes() {
    let (world, mut ann) = World::new(&[]).await;
    for elsewhere in [
        vec![("origin", "")],
        vec![("origin", ""), ("sec-fetch-site", "same-site")],
        vec![("origin", "https://evil.example")],
    ] {
        let refused = ann.send("GET", "/api/v1/events", &elsewhere, b"").await;
        assert_eq!((refused.status, refused.code()), (403, "wrong_origin".into()));
    }
    let mut stream = listen(&ann).await;
    let mut heard = Vec::new();
    let session = create(&mut ann, "k").await.json();
    hear(&mut stream, &mut heard, "event: changed\ndata: {}\n\n").await;
    heard.clear();
    close(&mut ann, &session).await;
    hear(&mut stream, &mut heard, "event: changed\n").await;
    // It ends with the sign-in that it came by, whoever ended that, and says so: the page asks again.
    let mut bob = world.member("bob@example.org", "member").await;
    let mut bobs = listen(&bob).await;
    let path = member(&mut ann, "bob@example.org").await;
    assert_eq!(ann.delete(&path).await.status, 204);
    assert_eq!(ending(&mut bobs).await.matches("event: signed_out\n").count(), 1);
    assert_eq!(bob.get("/api/v1/sessions").await.status, 401);
    let mut stream = listen(&ann).await;
    assert_eq!(ann.post("/api/v1/logout", &json!({})).await.status, 204);
    assert!(ending(&mut stream).await.contains("event: signed_out\n"));
}

#[tokio::test]
async fn lists_hear_of_what_they_show_and_of_nothing_else() {
    let (world, mut ann) = World::new(&[]).await;
    let mut bob = world.member("bob@example.org", "member").await;
    let mut sue = world.member("sue@example.org", "member").await;
    let (mut bobs, mut sues) = (listen(&bob).await, listen(&sue).await);
    let mut anns = listen(&ann).await;
    let session = create(&mut bob, "k").await.json();
    let mut heard = Vec::new();
    hear(&mut bobs, &mut heard, "event: changed\n").await;
    // A superuser may see everybody's.
    heard.clear();
    hear(&mut anns, &mut heard, "event: changed\n").await;
    close(&mut bob, &session).await;
    // Whatever was said to Sue came before the end of her stream.
    for client in [&mut sue, &mut bob, &mut ann] {
        assert_eq!(client.post("/api/v1/logout", &json!({})).await.status, 204);
    }
    let heard = ending(&mut sues).await;
    assert!(heard.contains("signed_out") && !heard.contains("changed"), "{heard}");
}

#[tokio::test]
async fn who_has_another_role_listens_anew() {
    let (world, mut ann) = World::new(&[]).await;
    let mut bob = world.member("bob@example.org", "staff").await;
    let member = member(&mut ann, "bob@example.org").await;
    let mut stream = listen(&bob).await;
    let mut heard = Vec::new();
    // Another name is no reason to.
    let name = br#"{"name":"Robert"}"#;
    assert_eq!(ann.send("PATCH", &member, &[], name).await.status, 200);
    hear(&mut stream, &mut heard, "event: changed\n").await;
    heard.clear();
    let session = create(&mut ann, "one").await.json();
    hear(&mut stream, &mut heard, "event: changed\n").await;
    let role = br#"{"role":"member"}"#;
    assert_eq!(ann.send("PATCH", &member, &[], role).await.status, 200);
    assert!(ending(&mut stream).await.contains("event: changed\n"));

    // Whatever is said to a member came before the end of their stream: nothing of what staff hear.
    let mut stream = listen(&bob).await;
    close(&mut ann, &session).await;
    assert_eq!(bob.post("/api/v1/logout", &json!({})).await.status, 204);
    let heard = ending(&mut stream).await;
    assert!(heard.contains("signed_out") && !heard.contains("changed"), "{heard}");
}

/// Opens the stream of changes and reads its headers.
async fn listen(client: &Client) -> TcpStream {
    let mut stream = TcpStream::connect(&client.address).await.unwrap();
    let request = format!(
        "GET /api/v1/events HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n\
         sec-fetch-site: same-origin\r\n\r\n",
        client.address,
        client.cookie.as_deref().unwrap()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(LONG, stream.read_u8()).await.unwrap().unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    assert!(head.contains("text/event-stream"), "{head}");
    stream
}

/// What is left of a stream, to its end.
async fn ending(stream: &mut TcpStream) -> String {
    let mut heard = Vec::new();
    hear(stream, &mut heard, "\r\n0\r\n\r\n").await;
    String::from_utf8(heard).unwrap()
}

async fn hear(stream: &mut TcpStream, heard: &mut Vec<u8>, what: &str) {
    while !String::from_utf8_lossy(heard).contains(what) {
        let read = timeout(LONG, stream.read_buf(heard)).await.unwrap().unwrap();
        assert_ne!(read, 0, "the stream ended before {what:?}");
    }
}

#[tokio::test]
async fn the_longest_messages_arrive_whole() {
    let (_world, mut ann) = World::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    // The text that says so is not in the command, so its echo is not taken for it.
    viewer.type_text("stty -echo; echo rea''dy; wc -c\r").await;
    viewer.until_shows("ready").await;
    let lines = format!("{}\n", "x".repeat(99)).repeat(600);
    viewer.type_text(&lines).await;
    viewer.type_text("\u{4}").await;
    viewer.until_shows("60000").await;
    close(&mut ann, &session).await;
}
