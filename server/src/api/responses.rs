//! Responses of several routes: status 201, and the errors for the description of the interface.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use utoipa::{
    IntoResponses,
    openapi::{Content, Ref, RefOr, Response, ResponseBuilder},
};

use super::extract::Json;

/// A new resource, with status 201.
pub type Created<T> = (StatusCode, Json<T>);

pub fn created<T>(body: T) -> Created<T> {
    (StatusCode::CREATED, Json(body))
}

/// Defines an error response for `#[utoipa::path]`: its name, status, and stable codes in backticks.
macro_rules! errors {
    ($($name:ident = $status:literal $codes:literal;)*) => {$(
        pub enum $name {}

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                let body = Content::new(Some(Ref::from_schema_name("ErrorBody")));
                let response = ResponseBuilder::new().description($codes);
                let response = response.content("application/json", body).build();
                BTreeMap::from([(stringify!($status).to_owned(), response.into())])
            }
        }
    )*};
}

errors! {
    BadRequest = 400 "`bad_request`";
    Unauthenticated = 401 "`unauthenticated`";
    NotJoined = 401 "`not_joined`; `guest_not_named`: the browser holds cookies of several guests";
    WrongOrigin = 403 "`wrong_origin`";
    RequiresAdminToken = 403 "`forbidden`: requires a token of scope `admin`";
    RequiresStaff = 403 "`forbidden`: requires staff or a superuser";
    RequiresSuperuser = 403 "`forbidden`: requires a superuser";
    RequiresOwner = 403 "`forbidden`: requires the owner";
    MayNotShare = 403 "`forbidden`: requires the owner; `sharing_disabled`; `account_forbidden`";
    AccountForbidden = 403 "`account_forbidden`: the session's account is no longer granted to its owner";
    NotFound = 404 "`not_found`";
    NoSuchSession = 404 "`not_found`, also for a session of another member";
    NoSuchToken = 404 "`not_found`, also for another member's token";
    LastSuperuser = 409 "`last_superuser`";
    GuestMismatch = 409 "`guest_mismatch`: the browser does not hold the cookie of this guest";
    IdentityChanged = 409 "`identity_changed`: another member is signed in than the page was rendered for";
    CannotInvite = 409 "`member_exists`, `mail_not_configured`";
    SessionEnded = 410 "`exited`, `closed`, `expired`, `dropped` or `lost`: the session has ended; the error contains it";
    SessionOver = 410 "`exited`, `closed`, …: the session has ended";
    InviteOver = 410 "`invite_over`: used or expired";
    GuestOver = 410 "`share_expired`, `share_revoked`, `share_removed`, `share_left`, `session_ended`";
    InvalidName = 422 "`invalid_name`";
    InvalidEmail = 422 "`invalid_email`";
    WebSocketExpected = 426 "`websocket_expected`";
    TooManyAttempts = 429 "`too_many_attempts`, with `Retry-After`";
    SessionUnreachable = 503 "`session_unreachable`";
    PasswordUnchecked = 503 "`busy`; `password_unchecked`: it may be right, and is not counted; `unavailable`";
    AccountsUnavailable = 503 "`accounts_unavailable`: the user database of the machine did not respond";
}
