//! `/login`, `/logout`, `/me`, and `/setup` until there is a first member.

use axum::{
    Extension, Json as Answer,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use control::{Actor, NewMember};
use protocol::api::{ErrorBody, Me};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{error::ApiError, extract::Json};
use crate::web::{Calling, Cookie, SignedIn, Web};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    email: String,
    password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    token: String,
    email: String,
    name: String,
    password: String,
}

/// Signs in. The cookie's value is new each time; the one the browser had stops working.
#[utoipa::path(
    post, path = "/login", tag = "sign-in", request_body = Credentials,
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = Me),
        (status = 400, description = "`bad_request`", body = ErrorBody),
        (status = 401, description = "`invalid_credentials`", body = ErrorBody),
        (status = 429, description = "`too_many_attempts`, with Retry-After", body = ErrorBody),
        (status = 503, description = "`busy`, `unavailable`", body = ErrorBody),
    )
)]
pub async fn login(
    State(web): State<Web>,
    Calling(caller): Calling,
    before: Option<Extension<Actor>>,
    Json(given): Json<Credentials>,
) -> Result<(HeaderMap, Answer<Me>), ApiError> {
    let signed_in = web.control.sign_in(&given.email, &given.password, &caller).await?;
    if let Some(Extension(before)) = before {
        web.control.sign_out(&before).await?;
    }
    Ok(signed_in_as(&web, signed_in))
}

/// Makes the first superuser and signs them in.
#[utoipa::path(
    post, path = "/setup", tag = "sign-in", request_body = SetUp,
    responses(
        (status = 201, description = "The first superuser exists and is signed in", body = Me),
        (status = 400, description = "`bad_request`", body = ErrorBody),
        (status = 404, description = "`not_found`: a wrong token, or set up before", body = ErrorBody),
        (status = 422, description = "`invalid_email`, `invalid_name`, `invalid_password`, with the field: the token still works", body = ErrorBody),
    )
)]
pub async fn set_up(
    State(web): State<Web>,
    Calling(caller): Calling,
    given: Result<Json<SetUp>, ApiError>,
) -> Result<(StatusCode, HeaderMap, Answer<Me>), ApiError> {
    if !web.control.awaits_set_up() {
        return Err(ApiError::not_found());
    }
    let Json(SetUp { token, email, name, password }) = given?;
    let new = NewMember { email: email.clone(), name, password: password.clone() };
    web.control.set_up(&token, new, &caller).await?;
    let signed_in = web.control.sign_in(&email, &password, &caller).await?;
    let (headers, me) = signed_in_as(&web, signed_in);
    Ok((StatusCode::CREATED, headers, me))
}

/// Signs out: the cookie goes, and everything that is open by it is closed.
#[utoipa::path(
    post, path = "/logout", tag = "sign-in",
    responses((status = 204, description = "Signed out; sockets of this sign-in are closed"))
)]
pub async fn logout(
    State(web): State<Web>,
    actor: Option<Extension<Actor>>,
) -> Result<(StatusCode, HeaderMap), ApiError> {
    if let Some(Extension(actor)) = actor {
        web.control.sign_out(&actor).await?;
    }
    Ok((StatusCode::NO_CONTENT, set_cookie(web.cookie(Cookie::SignIn, "", 0))))
}

/// Who is signed in.
#[utoipa::path(
    get, path = "/me", tag = "sign-in", security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Who is signed in", body = Me),
        (status = 401, description = "`unauthenticated`", body = ErrorBody),
    )
)]
pub async fn me(SignedIn(actor): SignedIn) -> Answer<Me> {
    Answer(actor.me())
}

/// The answer to whoever is signed in by it: their cookie, and who they are.
pub(super) fn signed_in_as(web: &Web, by: control::SignedIn) -> (HeaderMap, Answer<Me>) {
    let cookie = web.cookie(Cookie::SignIn, &by.token, by.lasts.num_seconds());
    (set_cookie(cookie), Answer(by.me))
}

pub(super) fn set_cookie(cookie: Option<HeaderValue>) -> HeaderMap {
    cookie.into_iter().map(|cookie| (header::SET_COOKIE, cookie)).collect()
}
