//! The client of the REST interface, for the command line: one request, one connection. It knows the
//! JSON and the refusals, and no command.

mod address;
mod connect;

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::{Method, Request, body::Bytes, header};
use hyper_util::rt::TokioIo;
use protocol::api::{ActiveClient, ErrorBody, ErrorInfo, Session};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::timeout;

pub use address::Place;
pub use connect::Socket;

/// An answer takes at most this long: dropping many sessions that do not want to go is the slowest.
const ANSWER: Duration = Duration::from_secs(60);

/// Largest answer that is read, in bytes.
const MOST: usize = 64 * 1024 * 1024;

/// What a request can fail with. Each is one sentence for people.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refused, and says why.
    #[error("{}", .0.message)]
    Refused(Box<ErrorInfo>, u16),
    /// No connection, or it broke, or nothing was said in time.
    #[error("{place} can't be reached: {why}.")]
    Unreachable {
        /// Where websh was looked for.
        place: String,
        /// Why, without a full stop.
        why: String,
    },
    /// Whoever answered is no websh, or one of another age.
    #[error("{0} did not answer as websh does; is the address right?")]
    Strange(String),
    /// The address can't be used.
    #[error("{0}")]
    Address(String),
    /// The credentials can't be read or written.
    #[error("{0}")]
    Credentials(String),
}

impl Error {
    /// The stable word of a refusal; empty when nobody refused.
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(info, _) => &info.code,
            _ => "",
        }
    }

    /// Who drives, where that is why it was refused.
    pub fn active_client(&self) -> Option<ActiveClient> {
        match self {
            Self::Refused(info, _) => info.active_client.clone(),
            _ => None,
        }
    }

    /// What there was, where it was refused because that is over.
    pub fn session(&self) -> Option<&Session> {
        match self {
            Self::Refused(info, _) => info.session.as_deref(),
            _ => None,
        }
    }

    /// Whether the same request may be answered a little later.
    pub fn passes(&self) -> bool {
        match self {
            Self::Refused(_, status) => matches!(status, 429 | 500..),
            Self::Unreachable { .. } => true,
            Self::Strange(_) | Self::Address(_) | Self::Credentials(_) => false,
        }
    }
}

/// How a client says who it is.
#[derive(Clone)]
pub enum Identity {
    /// Not at all: for signing in.
    Nobody,
    /// By the cookie of a sign-in.
    Cookie(String),
    /// By an API token.
    Token(String),
}

/// A websh somewhere, and who asks it.
#[derive(Clone)]
pub struct Client {
    place: Place,
    identity: Identity,
}

impl Client {
    /// Nothing is sent before the first request.
    pub fn new(place: Place, identity: Identity) -> Self {
        Self { place, identity }
    }

    /// Where it asks.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// `GET` below `/api/v1`.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.read(&self.send(Method::GET, path, None).await?.1)
    }

    /// `POST` below `/api/v1`.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<T, Error> {
        self.read(&self.send(Method::POST, path, Some(self.write(body)?)).await?.1)
    }

    /// `PATCH` below `/api/v1`.
    pub async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<T, Error> {
        self.read(&self.send(Method::PATCH, path, Some(self.write(body)?)).await?.1)
    }

    /// `DELETE` below `/api/v1`.
    pub async fn delete(&self, path: &str) -> Result<(), Error> {
        self.send(Method::DELETE, path, None).await.map(drop)
    }

    /// `DELETE` that says more.
    pub async fn delete_with(
        &self,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<(), Error> {
        self.send(Method::DELETE, path, Some(self.write(body)?)).await.map(drop)
    }

    /// Signs in by e-mail address and password: the same client, with a cookie.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Self, Error> {
        let body = serde_json::json!({ "email": email, "password": password });
        let (cookie, _) = self.send(Method::POST, "/login", Some(self.write(&body)?)).await?;
        let cookie = cookie.ok_or_else(|| self.strange())?;
        Ok(Self { place: self.place.clone(), identity: Identity::Cookie(cookie) })
    }

    /// Ends the sign-in of [`Self::sign_in`].
    pub async fn sign_out(&self) -> Result<(), Error> {
        self.send(Method::POST, "/logout", Some(Vec::new())).await.map(drop)
    }

    /// Opens a WebSocket at the path of a ticket.
    pub async fn socket(&self, path: &str, subprotocol: &str) -> Result<Socket, Error> {
        connect::socket(&self.place, &self.identity, path, subprotocol).await
    }

    /// A request; the cookie that was set, and the body.
    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<(Option<String>, Bytes), Error> {
        let sent = self.exchange(method, path, body);
        timeout(ANSWER, sent).await.map_err(|_| self.place.silent())?
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<(Option<String>, Bytes), Error> {
        let stream = connect::stream(&self.place).await?;
        let broken = |error: hyper::Error| self.place.unreachable(&error);
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
        // It ends with the sender, and what goes wrong is said there.
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        for (name, value) in connect::headers(&self.place, &self.identity) {
            request = request.header(name, value);
        }
        if body.as_ref().is_some_and(|body| !body.is_empty()) {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request.body(Full::new(Bytes::from(body.unwrap_or_default())));
        let request = request.map_err(|_| Error::Address(self.place.odd()))?;
        let answer = sender.send_request(request).await.map_err(broken)?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, MOST).collect().await;
        let body = body.map_err(|error| self.place.unreachable(&*error))?.to_bytes();
        if !head.status.is_success() {
            let told = serde_json::from_slice::<ErrorBody>(&body);
            let told = told.map_err(|_| self.strange())?;
            return Err(Error::Refused(Box::new(told.error), head.status.as_u16()));
        }
        let cookie = head.headers.get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok());
        Ok((cookie.and_then(|it| it.split(';').next()).map(str::to_owned), body))
    }

    fn write(&self, body: &impl Serialize) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(body).map_err(|_| self.strange())
    }

    fn read<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, Error> {
        serde_json::from_slice(body).map_err(|_| self.strange())
    }

    fn strange(&self) -> Error {
        Error::Strange(self.place.origin())
    }
}
