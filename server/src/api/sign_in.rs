//! `/login`, `/logout`, `/me`, and `/setup` until there is a first member.

use axum::{
    Extension, Json as Answer,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use control::{Actor, NewMember};
use protocol::api::Me;
use serde::Deserialize;

use super::{error::ApiError, extract::Json};
use crate::web::{SignedIn, Source, Web};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    email: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    token: String,
    email: String,
    name: String,
    password: String,
}

/// Signs in. The cookie's value is new each time; the one the browser had stops working.
pub async fn login(
    State(web): State<Web>,
    Source(source): Source,
    before: Option<Extension<Actor>>,
    Json(given): Json<Credentials>,
) -> Result<(HeaderMap, Answer<Me>), ApiError> {
    let signed_in = web.control.sign_in(&given.email, &given.password, source).await?;
    if let Some(Extension(before)) = before {
        web.control.sign_out(&before).await?;
    }
    Ok((set_cookie(cookie(&web, &signed_in)), Answer(signed_in.me)))
}

/// Makes the first superuser and signs them in.
pub async fn set_up(
    State(web): State<Web>,
    Source(source): Source,
    given: Result<Json<SetUp>, ApiError>,
) -> Result<(StatusCode, HeaderMap, Answer<Me>), ApiError> {
    if !web.control.awaits_set_up() {
        return Err(ApiError::not_found());
    }
    let Json(SetUp { token, email, name, password }) = given?;
    let new = NewMember { email: email.clone(), name, password: password.clone() };
    web.control.set_up(&token, new).await?;
    let signed_in = web.control.sign_in(&email, &password, source).await?;
    Ok((StatusCode::CREATED, set_cookie(cookie(&web, &signed_in)), Answer(signed_in.me)))
}

/// Signs out: the cookie goes, and everything that is open by it is closed.
pub async fn logout(
    State(web): State<Web>,
    actor: Option<Extension<Actor>>,
) -> Result<(StatusCode, HeaderMap), ApiError> {
    if let Some(Extension(actor)) = actor {
        web.control.sign_out(&actor).await?;
    }
    Ok((StatusCode::NO_CONTENT, set_cookie(web.cookie("", 0))))
}

/// Who is signed in.
pub async fn me(SignedIn(actor): SignedIn) -> Answer<Me> {
    Answer(actor.me())
}

fn cookie(web: &Web, signed_in: &control::SignedIn) -> Option<HeaderValue> {
    web.cookie(&signed_in.token, signed_in.lasts.num_seconds())
}

fn set_cookie(cookie: Option<HeaderValue>) -> HeaderMap {
    cookie.into_iter().map(|cookie| (header::SET_COOKIE, cookie)).collect()
}
