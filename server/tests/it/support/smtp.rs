//! A mail server on loopback that implements the part of RFC 5321 the product uses, and collects mail.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
    sync::mpsc,
    time::timeout,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivatePkcs8KeyDer},
};

use super::LONG;

/// A received message.
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    pub head: String,
    pub body: String,
}

/// A mail server. It rejects `unknown@…` permanently, and `later@…` temporarily, once.
pub struct Smtp {
    pub url: String,
    /// Certificate as PEM, with implicit TLS (RFC 8314).
    pub certificate: Option<String>,
    received: mpsc::UnboundedReceiver<Mail>,
}

impl Smtp {
    pub async fn start() -> Self {
        Self::listen("smtp", None, None).await
    }

    /// Starts a server with implicit TLS.
    pub async fn start_tls() -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()).into();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let tls = TlsAcceptor::from(Arc::new(config));
        Self::listen("smtps", Some(tls), Some(made.cert.pem())).await
    }

    async fn listen(scheme: &str, tls: Option<TlsAcceptor>, certificate: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let (sender, received) = mpsc::unbounded_channel();
        let deferred = Arc::new(Mutex::new(HashSet::new()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (sender, deferred) = (sender.clone(), Arc::clone(&deferred));
                let tls = tls.clone();
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &sender, &deferred).await,
                        Some(tls) => {
                            serve(tls.accept(stream).await.ok()?, &sender, &deferred).await
                        }
                    }
                });
            }
        });
        Self { url, certificate, received }
    }

    /// Waits for the next message.
    pub async fn next(&mut self) -> Mail {
        timeout(LONG, self.received.recv()).await.unwrap().unwrap()
    }

    /// Returns whether no other message was received.
    pub fn is_empty(&mut self) -> bool {
        self.received.try_recv().is_err()
    }
}

/// Serves one connection until the client closes it.
async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    sender: &mpsc::UnboundedSender<Mail>,
    deferred: &Mutex<HashSet<String>>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mail.example.org ESMTP\r\n").await.ok()?;
    let (mut from, mut to) = (String::new(), Vec::new());
    loop {
        let line = line(&mut stream).await?;
        let verb = line.get(..4)?.to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" => "250-mail.example.org\r\n250 8BITMIME",
            "MAIL" => {
                from = address(&line)?;
                to.clear();
                "250 2.1.0 Fine"
            }
            "RCPT" => {
                let address = address(&line)?;
                if address.starts_with("unknown@") {
                    "550 5.1.1 No such mailbox here"
                } else if address.starts_with("later@")
                    && deferred.lock().unwrap().insert(address.clone())
                {
                    "451 4.7.1 Greylisted, come back"
                } else {
                    to.push(address);
                    "250 2.1.5 Fine"
                }
            }
            "DATA" => {
                stream.write_all(b"354 Go on\r\n").await.ok()?;
                let (head, body) = message(&mut stream).await?;
                sender.send(Mail { from: from.clone(), to: to.clone(), head, body }).ok()?;
                "250 2.0.0 Mail"
            }
            "QUIT" => "221 2.0.0 Bye",
            _ => "250 2.0.0 Fine",
        };
        stream.write_all(format!("{reply}\r\n").as_bytes()).await.ok()?;
    }
}

async fn line(stream: &mut (impl AsyncBufReadExt + Unpin)) -> Option<String> {
    let mut line = String::new();
    (stream.read_line(&mut line).await.ok()? > 0).then_some(line)
}

/// Returns the address in angle brackets.
fn address(line: &str) -> Option<String> {
    Some(line.split_once('<')?.1.split_once('>')?.0.to_owned())
}

/// Reads head and body up to the lone dot, and decodes the body's transfer encoding (RFC 2045, 6.7).
async fn message(stream: &mut (impl AsyncBufReadExt + Unpin)) -> Option<(String, String)> {
    let mut text = String::new();
    loop {
        let line = line(stream).await?;
        if line == ".\r\n" {
            break;
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
    let (head, body) = text.split_once("\r\n\r\n")?;
    Some((head.to_owned(), body.replace("=\r\n", "").replace("=3D", "=")))
}
