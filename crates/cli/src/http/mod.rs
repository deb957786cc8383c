//! Client of the REST interface. Knows its JSON and its refusals, but no command.

mod address;
mod error;
mod socket;

use std::{sync::Arc, time::Duration};

pub use address::ServerAddress;
pub use error::{Error, Result};
use protocol::api::{ErrorBody, Me};
use reqwest::{
    Method, RequestBuilder, Response,
    header::{COOKIE, HeaderMap, HeaderValue, ORIGIN, SET_COOKIE},
    redirect,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use serde::{Serialize, de::DeserializeOwned};
pub use socket::Socket;

/// Time to connect, TLS and proxy included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// Time for an answer. Dropping many sessions that are slow to end takes longest.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

const MAX_ANSWER: usize = 64 * 1024 * 1024;

const AGENT: &str = concat!("websh/", env!("CARGO_PKG_VERSION"), " (Linux)");

/// Authentication of a client.
#[derive(Clone)]
pub enum Identity {
    Anonymous,
    Cookie(String),
    Token(String),
}

/// A server and the identity to use there.
#[derive(Clone)]
pub struct Client {
    address: ServerAddress,
    identity: Identity,
    http: reqwest::Client,
}

/// Methods send requests below `/api/v1`.
impl Client {
    /// A client that uses the system's certificate authorities and proxies. Sends nothing yet.
    pub fn new(address: ServerAddress, identity: Identity) -> Result<Self> {
        let headers = HeaderValue::from_str(&address.origin());
        let headers = headers.map_err(|_| Error::NotWebsh(address.origin()))?;
        let mut builder = reqwest::Client::builder()
            .user_agent(AGENT)
            .default_headers(HeaderMap::from_iter([(ORIGIN, headers)]))
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT);
        if address.is_loopback() {
            // A proxy could only reach its own loopback interface.
            builder = builder.no_proxy();
        }
        let http = builder.tls_backend_preconfigured(tls(&address)?).build();
        let http = http.map_err(|error| address.unreachable(&error))?;
        Ok(Self { address, identity, http })
    }

    /// The same server with another identity.
    pub fn with(&self, identity: Identity) -> Self {
        Self { address: self.address.clone(), identity, http: self.http.clone() }
    }

    pub fn address(&self) -> &ServerAddress {
        &self.address
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.parse(&self.send(Method::GET, path, None::<&()>).await?.1)
    }

    /// `GET` with a query.
    pub async fn list<T: DeserializeOwned>(&self, path: &str, query: &impl Serialize) -> Result<T> {
        let query = serde_urlencoded::to_string(query).map_err(|_| self.not_websh())?;
        self.get(&format!("{path}?{query}")).await
    }

    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        self.parse(&self.send(Method::POST, path, Some(body)).await?.1)
    }

    pub async fn patch<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        self.parse(&self.send(Method::PATCH, path, Some(body)).await?.1)
    }

    pub async fn delete(&self, path: &str) -> Result<()> {
        self.send(Method::DELETE, path, None::<&()>).await.map(drop)
    }

    pub async fn delete_with(&self, path: &str, body: &impl Serialize) -> Result<()> {
        self.send(Method::DELETE, path, Some(body)).await.map(drop)
    }

    /// Checks that a websh server answers at the address.
    pub async fn check_server(&self) -> Result<()> {
        match self.with(Identity::Anonymous).get::<Me>("/me").await {
            Ok(_) | Err(Error::Refused(..)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Signs in and returns the client of that sign-in.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Self> {
        let body = serde_json::json!({ "email": email, "password": password });
        let (cookie, _) = self.send(Method::POST, "/login", Some(&body)).await?;
        Ok(self.with(Identity::Cookie(cookie.ok_or_else(|| self.not_websh())?)))
    }

    /// Ends the sign-in of [`Self::sign_in`].
    pub async fn sign_out(&self) -> Result<()> {
        self.send(Method::POST, "/logout", None::<&()>).await.map(drop)
    }

    pub async fn socket(&self, path: &str, subprotocol: &str) -> Result<Socket> {
        let opening = socket::open(self, path, subprotocol);
        tokio::time::timeout(CONNECT_TIMEOUT, opening).await.map_err(|_| self.address.silent())?
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.address.origin()));
        match &self.identity {
            Identity::Anonymous => request,
            Identity::Cookie(cookie) => request.header(COOKIE, cookie),
            Identity::Token(token) => request.bearer_auth(token),
        }
    }

    /// Sends a request; returns the cookie that was set, and the body.
    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<(Option<String>, Vec<u8>)> {
        let mut request = self.request(method, &format!("/api/v1{path}")).timeout(ANSWER_TIMEOUT);
        if let Some(body) = body {
            request = request.json(body);
        }
        let broken = |error: reqwest::Error| self.address.unreachable(&error);
        let mut response = request.send().await.map_err(broken)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if bytes.len() + chunk.len() > MAX_ANSWER {
                return Err(self.not_websh());
            }
            bytes.extend_from_slice(&chunk);
        }
        if response.status().is_success() {
            return Ok((cookie(&response), bytes));
        }
        let refusal: ErrorBody = self.parse(&bytes)?;
        Err(Error::Refused(Box::new(refusal.error), response.status().as_u16()))
    }

    fn parse<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T> {
        serde_json::from_slice(body).map_err(|_| self.not_websh())
    }

    fn not_websh(&self) -> Error {
        Error::NotWebsh(self.address.origin())
    }
}

/// Name and value of the cookie that an answer sets.
fn cookie(response: &Response) -> Option<String> {
    let cookie = response.headers().get(SET_COOKIE)?.to_str().ok()?;
    cookie.split(';').next().map(str::to_owned)
}

/// TLS with the certificate authorities of the system. They are read only when needed, so that a machine
/// without any can use a server on its loopback interface.
fn tls(address: &ServerAddress) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    if address.is_https() {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| address.unreachable(&error))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
