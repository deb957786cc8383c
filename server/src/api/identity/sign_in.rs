//! `/login`, `/logout`, `/me`, and `/setup` until the first member exists.

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use control::{Actor, NewMember};
use protocol::api::{ErrorBody, Me};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::extract::Json,
    api::responses::*,
    http::{
        authenticate::SignedIn,
        client_ip::CallerInfo,
        cookies::Cookie,
        error::{ApiError, Result},
    },
    state::AppState,
};

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

/// Signs in with a new cookie. The browser's previous sign-in ends.
#[utoipa::path(
    post, path = "/login", tag = "sign-in", request_body = Credentials,
    responses(
        (status = 200, description = "Signed in; sets the cookies of the sign-in and of the device", body = Me),
        (status = 401, description = "`invalid_credentials`", body = ErrorBody),
        BadRequest, TooManyAttempts, PasswordUnchecked,
    )
)]
pub async fn login(
    State(state): State<AppState>,
    CallerInfo(caller): CallerInfo,
    before: Option<Extension<Actor>>,
    Json(body): Json<Credentials>,
) -> Result<(HeaderMap, Json<Me>)> {
    let signed_in = state.control.sign_ins.create(&body.email, &body.password, &caller).await?;
    if let Some(Extension(before)) = before {
        state.control.sign_ins.end_current(&before).await?;
    }
    Ok(signed_in_as(&state, signed_in))
}

/// Creates the first superuser and signs them in.
#[utoipa::path(
    post, path = "/setup", tag = "sign-in", request_body = SetUp,
    responses(
        (status = 201, description = "Created and signed in; sets the cookie", body = Me),
        (status = 404, description = "`not_found`: wrong token, or already set up", body = ErrorBody),
        (status = 422, description = "`invalid_email`, `invalid_name`, `invalid_password`, with the field: the token stays valid", body = ErrorBody),
        BadRequest, TooManyAttempts, PasswordUnchecked,
    )
)]
pub async fn set_up(
    State(state): State<AppState>,
    CallerInfo(caller): CallerInfo,
    body: Result<Json<SetUp>>,
) -> Result<(StatusCode, HeaderMap, Json<Me>)> {
    if !state.control.set_up.is_pending() {
        return Err(ApiError::not_found());
    }
    let Json(SetUp { token, email, name, password }) = body?;
    let new = NewMember { email: email.clone(), name, password: password.clone() };
    state.control.set_up.complete(&token, new, &caller).await?;
    let signed_in = state.control.sign_ins.create(&email, &password, &caller).await?;
    let (headers, me) = signed_in_as(&state, signed_in);
    Ok((StatusCode::CREATED, headers, me))
}

/// Signs out: removes the cookie and closes the sign-in's connections.
#[utoipa::path(
    post, path = "/logout", tag = "sign-in",
    responses((status = 204, description = "Signed out"))
)]
pub async fn logout(
    State(state): State<AppState>,
    actor: Option<Extension<Actor>>,
) -> Result<(StatusCode, HeaderMap)> {
    if let Some(Extension(actor)) = actor {
        state.control.sign_ins.end_current(&actor).await?;
    }
    Ok((StatusCode::NO_CONTENT, state.cookies.remove(Cookie::SignIn)))
}

/// Returns the caller.
#[utoipa::path(
    get, path = "/me", tag = "sign-in", security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "The member who is signed in", body = Me), Unauthenticated)
)]
pub async fn me(SignedIn { actor, .. }: SignedIn) -> Json<Me> {
    Json(actor.me())
}

/// Returns the response to a new sign-in: its cookies, the sign-in first, and the member.
pub(super) fn signed_in_as(state: &AppState, by: control::SignedIn) -> (HeaderMap, Json<Me>) {
    let mut headers = state.cookies.set(Cookie::SignIn, &by.token, by.lifetime.num_seconds());
    let seconds = control::DEVICE_LIFETIME.num_seconds();
    for (_, cookie) in state.cookies.set(Cookie::Device, &by.device.0, seconds) {
        headers.append(header::SET_COOKIE, cookie);
    }
    (headers, Json(by.me))
}
