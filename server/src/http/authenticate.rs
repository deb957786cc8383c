//! Authentication of requests: API tokens, members' cookies and guests' cookies, and the extractors for them.

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts, Request, State},
    http::{Extensions, HeaderMap, header, request::Parts},
    middleware::Next,
    response::Response,
};
use control::{Actor, Control, JoinedGuest};

use super::{
    client_ip::ClientIp,
    cookies::{Cookie, Cookies},
    error::{ApiError, Result},
    named::{self, named_guest},
};
use crate::net::admission::Activity;

/// Authenticates a request and adds its [`Actor`] as an extension. An anonymous request passes; a
/// database error does not, and neither does a request that names another member.
pub async fn authenticate(
    State(control): State<Control>,
    State(cookies): State<Cookies>,
    ClientIp(source): ClientIp,
    mut request: Request,
    next: Next,
) -> Result<Response> {
    let named = named::take_member(&mut request)?;
    let headers = request.headers();
    let authenticated = if headers.contains_key(header::AUTHORIZATION) {
        // A request with a token is made by the token, even if it carries a cookie.
        control.tokens.authenticate(bearer(headers).unwrap_or_default(), source).await
    } else {
        match cookies.token(Cookie::SignIn, headers) {
            Some(token) => control.sign_ins.authenticate(token, source).await,
            None => Err(control::Error::Unauthenticated),
        }
    };
    match authenticated {
        Ok(actor) if named.is_some_and(|member| member != actor.member) => {
            return Err(control::Error::IdentityChanged(actor.name).into());
        }
        Ok(actor) => {
            record_authenticated(request.extensions());
            request.extensions_mut().insert(actor);
        }
        Err(control::Error::Unauthenticated) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(next.run(request).await)
}

/// Returns a request's API token (RFC 6750, 2.1).
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// Extracts the authenticated member, and the rules to call for them. Rejects anonymous requests with 401.
#[derive(Debug)]
pub struct SignedIn {
    pub control: Control,
    pub actor: Actor,
}

impl<S: Sync> FromRequestParts<S> for SignedIn
where
    Control: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let actor = parts.extensions.get::<Actor>().cloned();
        let actor = actor.ok_or(control::Error::Unauthenticated)?;
        Ok(Self { control: Control::from_ref(state), actor })
    }
}

/// Extracts the guest that a request names in `?guest=`; rejects others. Without a name, a request is of the
/// only guest whose cookie it carries. Only routes that use it accept guests' cookies.
#[derive(Debug)]
pub struct Guest(pub JoinedGuest);

impl<S: Sync> FromRequestParts<S> for Guest
where
    Control: FromRef<S>,
    Cookies: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let named = named_guest(&parts.uri)?;
        let held = Cookies::from_ref(state).guests(&parts.headers);
        let guest = Control::from_ref(state).guests.authenticate_named(&held, named).await?;
        record_authenticated(&parts.extensions);
        Ok(Self(guest))
    }
}

/// Keeps the connection of a request when many others need its place.
fn record_authenticated(extensions: &Extensions) {
    if let Some(activity) = extensions.get::<Arc<Activity>>() {
        activity.record_authenticated();
    }
}
