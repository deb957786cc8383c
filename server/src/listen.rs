//! Sockets: binding, TCP options, serving with time limits, and stopping without cutting anybody short.

use std::{io, net::SocketAddr, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::door::Doorway;

/// A client has this long to send its request's headers.
const HEADERS: Duration = Duration::from_secs(10);

/// Most bytes of a request's head.
const MAX_HEAD: usize = 32 * 1024;

/// Most headers of a request.
const MAX_HEADERS: usize = 64;

/// Bytes that may wait unsent in the kernel for a browser. More is delay: at 1 MB/s the default of
/// several megabytes is seconds between Ctrl-C and the prompt.
const NOT_SENT: u32 = 16 * 1024;

/// What a peer did not acknowledge for this long breaks the connection. With a ping every 25 s a
/// browser that vanished is noticed within 45 s.
const UNHEARD: Duration = Duration::from_secs(20);

/// Pause after `accept` failed for want of descriptors.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Requests under way have this long to finish when the server stops.
const GRACE: Duration = Duration::from_secs(8);

/// Listens.
///
/// # Errors
/// One sentence that names the address.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => format!("Another program already listens on {address}: stop it or set listen to another address."),
        io::ErrorKind::PermissionDenied => format!("This account may not listen on {address}."),
        _ => format!("It can't listen on {address}: {error}."),
    })
}

/// Serves until `stop`, then lets requests under way finish.
pub async fn serve(listener: TcpListener, app: Router, stop: CancellationToken) {
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                prepare(&stream);
                connections.spawn(connection(stream, peer, app.clone(), stop.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(EXHAUSTED).await;
            }
        }
    }
    drop(listener);
    connections.close();
    let _ = tokio::time::timeout(GRACE, connections.wait()).await;
}

fn prepare(stream: &TcpStream) {
    // A socket that is already gone refuses all of it; its end shows when it is read.
    let socket = SockRef::from(stream);
    let _ = socket.set_tcp_nodelay(true);
    let _ = socket.set_tcp_notsent_lowat(NOT_SENT);
    let _ = socket.set_tcp_user_timeout(Some(UNHEARD));
}

async fn connection(stream: TcpStream, peer: SocketAddr, app: Router, stop: CancellationToken) {
    let stream = Doorway::new(stream);
    let door = stream.door();
    let service = app.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(door.clone());
        request.map(Body::new)
    });
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS);
    let serving = builder
        .serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::pin!(serving);
    tokio::select! {
        // A client that breaks off or speaks something else is its own affair.
        _ = serving.as_mut() => {}
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            let _ = serving.await;
        }
    }
}
