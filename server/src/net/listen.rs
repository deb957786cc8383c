//! The listening socket: binding, TCP options, time limits for connections, and graceful shutdown.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::{
    abort::AbortableStream,
    admission::{Admission, Place},
};

const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Maximum size of a request's head, in bytes.
const MAX_HEAD: usize = 32 * 1024;

const MAX_HEADERS: usize = 64;

/// Unsent bytes the kernel may queue for a client. A longer queue adds latency: at 1 MB/s, the default
/// of several megabytes puts seconds between Ctrl-C and the prompt.
const MAX_UNSENT: u32 = 16 * 1024;

/// A connection breaks when its peer acknowledges nothing for this long. With a ping every 25 s, a
/// browser that vanished is detected within 45 s.
const ACK_TIMEOUT: Duration = Duration::from_secs(20);

/// Pause after a failed `accept`, which usually means that descriptors ran out.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// Time for requests in progress to finish when the server stops.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(8);

/// Binds the listening socket.
///
/// # Errors
/// One sentence naming the address.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => format!("Another program is already listening on {address}. Stop it, or set listen to another address."),
        io::ErrorKind::PermissionDenied => format!("Permission denied to listen on {address}. Set listen to another address, or run websh as root."),
        _ => format!("Could not listen on {address}: {error}."),
    })
}

/// Serves until `stop`, then waits for requests in progress. Connections of `proxies` and of this machine
/// are not bounded per address.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    admission: Arc<Admission>,
    proxies: &[IpAddr],
    stop: CancellationToken,
) {
    let is_unbounded = |address: IpAddr| address.is_loopback() || proxies.contains(&address);
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                prepare(&stream);
                let address = peer.ip().to_canonical();
                if let Some(place) = admission.admit(address, is_unbounded, Instant::now()) {
                    let serving = connection(stream, peer, place, app.clone(), stop.clone());
                    connections.spawn(serving);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "failed to accept a connection");
                tokio::time::sleep(ACCEPT_RETRY).await;
            }
        }
    }
    drop(listener);
    connections.close();
    let _ = tokio::time::timeout(SHUTDOWN_GRACE, connections.wait()).await;
}

fn prepare(stream: &TcpStream) {
    // These fail only on a socket that is already closed, which the next read reports.
    let socket = SockRef::from(stream);
    let _ = socket.set_tcp_nodelay(true);
    let _ = socket.set_tcp_notsent_lowat(MAX_UNSENT);
    let _ = socket.set_tcp_user_timeout(Some(ACK_TIMEOUT));
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    app: Router,
    stop: CancellationToken,
) {
    let activity = Arc::clone(&place.activity);
    let stream = AbortableStream::new(stream, place);
    let (abort, of_requests) = (stream.handle(), Arc::clone(&activity));
    let service = app.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(abort.clone());
        request.extensions_mut().insert(Arc::clone(&of_requests));
        request.map(Body::new)
    });
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS);
    let serving = builder
        .serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::pin!(serving);
    tokio::select! {
        // Errors are the client's: it disconnected or sent something that is not HTTP.
        _ = serving.as_mut() => {}
        () = activity.over() => {}
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            let _ = serving.await;
        }
    }
}
