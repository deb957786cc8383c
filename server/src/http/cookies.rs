//! The two cookies: a member's sign-in and a guest's place in a session. Neither is accepted as the other.

use axum::http::{HeaderMap, HeaderValue, header};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// A member's sign-in.
    SignIn,
    /// A guest's access to one session.
    Guest,
}

#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    /// Browsers reach the server over TLS.
    pub https: bool,
}

impl Cookies {
    /// Returns a cookie's name. The prefix used with TLS keeps other hosts from setting it (RFC 6265bis, 4.1.3).
    fn name(self, cookie: Cookie) -> &'static str {
        match (cookie, self.https) {
            (Cookie::SignIn, true) => "__Host-websh",
            (Cookie::SignIn, false) => "websh",
            (Cookie::Guest, true) => "__Host-websh_guest",
            (Cookie::Guest, false) => "websh_guest",
        }
    }

    /// Returns headers that set a cookie for `seconds`.
    pub fn set(self, cookie: Cookie, token: &str, seconds: i64) -> HeaderMap {
        let secure = if self.https { "; Secure" } else { "" };
        let name = self.name(cookie);
        let value =
            format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        let value = HeaderValue::from_str(&value).ok();
        value.into_iter().map(|value| (header::SET_COOKIE, value)).collect()
    }

    pub fn remove(self, cookie: Cookie) -> HeaderMap {
        self.set(cookie, "", 0)
    }

    /// Returns the token of a request's cookie.
    pub fn token(self, cookie: Cookie, headers: &HeaderMap) -> Option<&str> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == self.name(cookie))
            .map(|(_, token)| token)
    }
}
