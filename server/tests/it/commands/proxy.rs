//! The command line behind an HTTP proxy: a server that only the proxy can reach, over TLS.

use std::{
    fs,
    sync::{Arc, Mutex},
};

use tempfile::NamedTempFile;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivatePkcs8KeyDer},
};

use crate::support::{CliUser, EMAIL, PASSWORD, Terminal, TestServer, own_account, run};

/// Host name that does not resolve.
const HOST: &str = "websh.test";

/// A TLS front for a server at `HOST`.
struct Front {
    address: String,
    certificate: NamedTempFile,
}

/// An HTTP proxy that connects every `CONNECT` to one address, or refuses all.
struct Proxy {
    url: String,
    /// Targets of the `CONNECT` requests so far.
    targets: Arc<Mutex<Vec<String>>>,
}

impl Front {
    /// Ends TLS on `listener` and forwards to `server`.
    fn start(listener: TcpListener, server: String) -> Self {
        let made = rcgen::generate_simple_self_signed([HOST.to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()).into();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let certificate = NamedTempFile::new().unwrap();
        fs::write(certificate.path(), made.cert.pem()).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let tls = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, server) = (tls.clone(), server.clone());
                tokio::spawn(async move {
                    let mut stream = tls.accept(stream).await.ok()?;
                    let mut server = TcpStream::connect(server).await.ok()?;
                    copy_bidirectional(&mut stream, &mut server).await.ok()
                });
            }
        });
        Self { address, certificate }
    }
}

impl Proxy {
    async fn start(upstream: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let targets = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&targets);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(forward(stream, upstream.clone(), Arc::clone(&log)));
            }
        });
        Self { url, targets }
    }

    fn targets(&self) -> Vec<String> {
        self.targets.lock().unwrap().clone()
    }
}

async fn forward(
    stream: TcpStream,
    upstream: Option<String>,
    log: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        (stream.read_line(&mut head).await.ok()? > 0).then_some(())?;
    }
    let target = head.strip_prefix("CONNECT ")?.split(' ').next()?.to_owned();
    log.lock().unwrap().push(target);
    let Some(upstream) = upstream else {
        return stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await.ok();
    };
    let mut upstream = TcpStream::connect(upstream).await.ok()?;
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.ok()?;
    copy_bidirectional(&mut stream, &mut upstream).await.ok().map(drop)
}

#[tokio::test]
async fn requests_and_attach_use_the_proxy_and_the_trusted_certificates() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("{HOST}:{}", listener.local_addr().unwrap().port());
    let url = format!("https://{target}");
    let test_server = TestServer::fresh(&[("WEBSH_PUBLIC_URL", &url)]).await;
    let account = own_account();
    let add = ["user", "add", EMAIL, "--account", &account];
    assert!(run(test_server.data.path(), &add, PASSWORD).await.0);
    let front = Front::start(listener, test_server.address.clone());
    let proxy = Proxy::start(Some(front.address.clone())).await;
    let certificate = front.certificate.path().display().to_string();
    let mut ann = CliUser::stranger(&test_server);
    ann.url.clone_from(&url);
    ann.extra = vec![("HTTPS_PROXY", proxy.url.clone()), ("SSL_CERT_FILE", certificate)];
    let login = ann.run_with(&["login", &url, "--email", EMAIL], PASSWORD).await;
    assert_eq!(login.status, 0, "{login:?}");
    ann.open("work").await;
    assert!(ann.run(&["ls"]).await.out.contains("work"));
    let requests = proxy.targets().len();
    let mut terminal = Terminal::run(&ann, &["attach", "work"]);
    terminal.press("echo $((6*7))-done\r");
    terminal.until_shows("42-done").await;
    terminal.press("\x1cd");
    assert_eq!(terminal.end().await.0, 0);
    let targets = proxy.targets();
    assert!(targets.len() > requests && targets.iter().all(|it| *it == target), "{targets:?}");

    // A host in NO_PROXY is connected to directly, which fails here.
    ann.extra.push(("NO_PROXY", HOST.into()));
    assert!(ann.fails(&["ls"], 1).await.contains("Could not connect"));
    assert_eq!(proxy.targets().len(), targets.len());
    ann.extra.pop();

    // A certificate that the system does not trust.
    let other = rcgen::generate_simple_self_signed([HOST.to_owned()]).unwrap().cert.pem();
    fs::write(front.certificate.path(), other).unwrap();
    let error = ann.fails(&["ls"], 1).await;
    assert!(error.contains("certificate") && error.contains("SSL_CERT_FILE"), "{error}");

    // A proxy that refuses.
    let refusing = Proxy::start(None).await;
    ann.extra = vec![("ALL_PROXY", refusing.url.clone())];
    let error = ann.fails(&["ls"], 1).await;
    assert!(error.contains("Could not connect") && error.contains("proxy"), "{error}");
    assert_eq!(refusing.targets(), [target]);
}

#[tokio::test]
async fn a_server_on_loopback_needs_no_proxy() {
    let (_server, mut client) = TestServer::new(&[]).await;
    let mut ann = CliUser::new(&mut client, "sessions").await;
    let refusing = Proxy::start(None).await;
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        ann.extra = vec![(name, refusing.url.clone())];
        assert_eq!(ann.run(&["ls"]).await.status, 0, "{name}");
    }
    assert!(refusing.targets().is_empty());
}

#[tokio::test]
async fn other_servers_are_recognized() {
    let (test_server, mut client) = TestServer::new(&[]).await;
    let mut ann = CliUser::new(&mut client, "sessions").await;
    for answer in
        ["HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", "HTTP/1.1 404 Not Found\r\n\r\n"]
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        ann.url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        let error = ann.fails(&["token", "list"], 1).await;
        assert!(error.contains("is not a websh server"), "{error}");
    }
    drop(test_server);
    ann.url = "http://127.0.0.1:9".into();
    assert!(ann.fails(&["token", "list"], 1).await.contains("Could not connect"));
}
