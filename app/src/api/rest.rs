//! The calls that a page makes on the REST interface: those that set a cookie, and the attach.

use gloo_net::http::{Request, Response};
use protocol::{
    api::{Attach, ErrorBody, Ticket},
    id::SessionId,
};
use serde::Serialize;

use crate::error::PageError;

#[derive(Serialize)]
struct Login<'a> {
    email: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct SetUp<'a> {
    token: &'a str,
    email: &'a str,
    name: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct Nothing {}

/// Signs in: the answer sets the cookie.
///
/// # Errors
/// `invalid_credentials`, `too_many_attempts`, what the server says.
pub async fn login(email: &str, password: &str) -> Result<(), PageError> {
    post("/api/v1/login", &Login { email, password }).await.map(drop)
}

/// Signs out everywhere this cookie is used.
///
/// # Errors
/// What the server says.
pub async fn logout() -> Result<(), PageError> {
    post("/api/v1/logout", &Nothing {}).await.map(drop)
}

/// Makes the first superuser with the token of the set-up link, and signs them in.
///
/// # Errors
/// The field that is wrong, or what the server says.
pub async fn set_up(token: &str, email: &str, name: &str, password: &str) -> Result<(), PageError> {
    post("/api/v1/setup", &SetUp { token, email, name, password }).await.map(drop)
}

/// Asks for a ticket to attach with.
///
/// # Errors
/// `attached_elsewhere`, how the session ended, what the server says.
pub async fn attach(id: SessionId, attach: &Attach) -> Result<Ticket, PageError> {
    let answer = post(&format!("/api/v1/sessions/{id}/attach"), attach).await?;
    answer.json().await.map_err(|_| PageError::not_understood())
}

async fn post<T: Serialize>(path: &str, body: &T) -> Result<Response, PageError> {
    let request = Request::post(path).json(body).map_err(|_| PageError::not_understood())?;
    let answer = request.send().await.map_err(|_| PageError::unreachable())?;
    if answer.ok() {
        return Ok(answer);
    }
    Err(match answer.json::<ErrorBody>().await {
        Ok(body) => PageError(Box::new(body.error)),
        Err(_) => PageError::unreachable(),
    })
}
