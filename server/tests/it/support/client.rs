//! A minimal HTTP client with full control over headers, and one connection per request.

use std::borrow::Borrow;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::LONG;

/// A client with or without a cookie.
#[derive(Clone)]
pub struct Client {
    pub address: String,
    pub cookie: Option<String>,
}

/// A response.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// Returns the names and values of the cookies that it sets.
    pub fn cookies(&self) -> Vec<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(": "));
        let cookies = headers.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        cookies.filter_map(|(_, value)| value.split(';').next()).collect()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// Returns the status and code of an error.
    pub fn error(&self) -> (u16, String) {
        (self.status, self.code())
    }

    /// Returns the code of an error.
    pub fn code(&self) -> String {
        let body = self.json();
        assert!(
            body["error"]["message"].as_str().is_some_and(|text| text.ends_with('.')),
            "{body}"
        );
        body["error"]["code"].as_str().unwrap().to_owned()
    }
}

impl Client {
    pub fn new(address: &str) -> Self {
        Self { address: address.to_owned(), cookie: None }
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sends a request as a page of the server would. `extra` headers replace the defaults; an empty value
    /// removes a header.
    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        extra: &[(&str, &str)],
        body: &[u8],
    ) -> Response {
        let mut headers = vec![
            ("host", self.address.clone()),
            ("origin", self.origin()),
            ("connection", "close".to_owned()),
        ];
        if method != "GET" {
            headers.push(("content-type", "application/json".to_owned()));
            headers.push(("content-length", body.len().to_string()));
        }
        if let Some(cookie) = &self.cookie {
            headers.push(("cookie", cookie.clone()));
        }
        headers.retain(|(name, _)| !extra.iter().any(|(other, _)| other == name));
        let extra = extra.iter().filter(|(_, value)| !value.is_empty());
        headers.extend(extra.map(|(name, value)| (*name, (*value).to_owned())));
        let mut request = format!("{method} {path} HTTP/1.1\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        // The server does not read a body that it rejects by its length.
        let _ = stream.write_all(body).await;
        let response = read(&mut stream).await;
        let cookies = response.cookies();
        let device = |cookie: &&str| cookie.starts_with("websh_device=");
        if let Some(cookie) = cookies.iter().find(|cookie| !device(cookie)) {
            self.cookie = Some((*cookie).to_owned());
        }
        response
    }

    pub async fn get(&mut self, path: &str) -> Response {
        self.send("GET", path, &[], b"").await
    }

    pub async fn post(&mut self, path: &str, body: &Value) -> Response {
        self.send("POST", path, &[], body.to_string().as_bytes()).await
    }

    pub async fn patch(&mut self, path: &str, body: impl Borrow<Value>) -> Response {
        self.send("PATCH", path, &[], body.borrow().to_string().as_bytes()).await
    }

    pub async fn put(&mut self, path: &str, body: impl Borrow<Value>) -> Response {
        self.send("PUT", path, &[], body.borrow().to_string().as_bytes()).await
    }

    pub async fn delete(&mut self, path: &str) -> Response {
        self.send("DELETE", path, &[], b"").await
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> Response {
        let body = serde_json::json!({ "email": email, "password": password });
        self.post("/api/v1/login", &body).await
    }
}

async fn read(stream: &mut TcpStream) -> Response {
    let mut bytes = Vec::new();
    // The server may reset the connection after responding to a request it did not read completely.
    let _ = timeout(LONG, stream.read_to_end(&mut bytes)).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) =
        text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("not a response: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Response { status, head: head.to_owned(), body: body.to_owned() }
}
