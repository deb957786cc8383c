//! The cookies: a member's sign-in, one for each guest's place in a session, and the device of earlier sign-ins.
//! None is accepted as another.

use axum::http::{HeaderMap, HeaderValue, header};
use control::HeldCookie;
use protocol::id::GuestId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// A member's sign-in.
    SignIn,
    /// Access of one guest to one session. Each has a name of its own, so that joining a second share does
    /// not replace the first.
    Guest(GuestId),
    /// A device on which a member signed in. It grants no access.
    Device,
}

#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    /// Browsers reach the server over TLS.
    pub https: bool,
}

impl Cookies {
    /// Returns the beginning of all names. The prefix used with TLS keeps other hosts from setting the
    /// cookies (RFC 6265bis, 4.1.3).
    fn prefix(self) -> &'static str {
        if self.https { "__Host-websh" } else { "websh" }
    }

    fn name(self, cookie: Cookie) -> String {
        match cookie {
            Cookie::SignIn => self.prefix().to_owned(),
            Cookie::Guest(guest) => format!("{}_guest_{guest}", self.prefix()),
            Cookie::Device => format!("{}_device", self.prefix()),
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

    /// Returns the secret of a request's device.
    pub fn device(self, headers: &HeaderMap) -> Option<&str> {
        self.token(Cookie::Device, headers)
    }

    pub fn remove(self, cookie: Cookie) -> HeaderMap {
        self.set(cookie, "", 0)
    }

    /// Returns the token of a request's cookie.
    pub fn token(self, cookie: Cookie, headers: &HeaderMap) -> Option<&str> {
        let wanted = self.name(cookie);
        pairs(headers).find(|(name, _)| *name == wanted).map(|(_, token)| token)
    }

    /// Returns the tokens of all guests whose cookies a request carries, each guest once.
    pub fn guests(self, headers: &HeaderMap) -> Vec<HeldCookie<'_>> {
        let mut held: Vec<HeldCookie<'_>> = Vec::new();
        for (name, token) in pairs(headers) {
            let guest =
                name.strip_prefix(self.prefix()).and_then(|rest| rest.strip_prefix("_guest_"));
            let Some(Ok(guest)) = guest.map(str::parse) else { continue };
            if held.iter().all(|(known, _)| *known != guest) {
                held.push((guest, token));
            }
        }
        held
    }
}

/// Returns the names and values of a request's cookies.
fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "01900000-0000-7000-8000-000000000001";
    const TWO: &str = "01900000-0000-7000-8000-000000000002";

    #[test]
    fn each_guest_has_a_cookie_of_its_own() {
        let (one, two) = (ONE.parse().unwrap(), TWO.parse().unwrap());
        let cookies = format!(
            "websh=m; websh_guest=old; websh_guest_{ONE}=a; websh_guest_{ONE}=b; websh_guest_x=c; \
             other_guest_{TWO}=d; websh_guest_{TWO}=e; __Host-websh_guest_{TWO}=f"
        );
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, cookies.parse().unwrap());
        let (plain, secure) = (Cookies { https: false }, Cookies { https: true });
        assert_eq!(plain.guests(&headers), [(one, "a"), (two, "e")]);
        assert_eq!(secure.guests(&headers), [(two, "f")]);
        assert_eq!(plain.token(Cookie::Guest(two), &headers), Some("e"));
        assert_eq!(plain.token(Cookie::SignIn, &headers), Some("m"));
        assert_eq!(secure.token(Cookie::SignIn, &headers), None);
        let set = secure.remove(Cookie::Guest(one));
        let set = set[header::SET_COOKIE].to_str().unwrap();
        assert!(set.starts_with(&format!("__Host-websh_guest_{ONE}=; Path=/")), "{set}");
    }
}
