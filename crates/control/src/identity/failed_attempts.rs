//! The log of failed attempts, one line each in a fixed format for programs such as fail2ban: the
//! client's address, the reason and the account. The account is text from the client, so it is escaped.

use std::{fmt::Write, net::IpAddr};

/// Longest account in a line, in characters of the escaped text.
const MAX_ACCOUNT: usize = 128;

/// Kind of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Attempted {
    SignIn,
    /// A signed-in member enters the password again.
    Confirmation,
    /// A guest joins by a share.
    Join,
}

impl Attempted {
    fn reason(self) -> &'static str {
        match self {
            Self::SignIn => "invalid_credentials",
            Self::Confirmation => "wrong_password",
            Self::Join => "share_denied",
        }
    }
}

/// Logs a failed attempt.
pub(crate) fn log(attempted: Attempted, source: IpAddr, account: &str) {
    tracing::warn!(target: "websh::auth", "{}", line(attempted, source, account));
}

/// Returns the line. It contains no space or control character from the client.
fn line(attempted: Attempted, source: IpAddr, account: &str) -> String {
    let (reason, account) = (attempted.reason(), escape(account));
    format!("{attempted} failed from {} reason={reason} account={account}", source.to_canonical())
}

/// Percent-encodes all bytes except those of ordinary email addresses.
fn escape(account: &str) -> String {
    let mut escaped = String::new();
    for byte in account.bytes() {
        if escaped.len() >= MAX_ACCOUNT {
            break;
        }
        if byte.is_ascii_alphanumeric() || b"@.+-_".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the address that the documented filter finds in a line of the log.
    fn filtered(line: &str) -> Option<String> {
        let documented = include_str!("../../../../docs/operations.md");
        let filter = documented.lines().find_map(|line| line.strip_prefix("failregex = ")).unwrap();
        let filter = filter.replace("<HOST>", r"(?P<host>[0-9a-fA-F.:]+)");
        let filter = regex::bytes::RegexBuilder::new(&filter).unicode(false).build().unwrap();
        let host = filter.captures(line.as_bytes())?.name("host")?.as_bytes();
        Some(String::from_utf8(host.to_vec()).unwrap())
    }

    #[test]
    fn the_documented_filter_finds_the_address() {
        let spoofed = "x\n WARN websh::auth: sign-in failed from 192.0.2.9 reason=x account=y";
        for attempted in [Attempted::SignIn, Attempted::Confirmation, Attempted::Join] {
            for (source, expected) in [
                ("192.0.2.1", "192.0.2.1"),
                ("::ffff:192.0.2.1", "192.0.2.1"),
                ("2001:db8::1", "2001:db8::1"),
            ] {
                for account in ["", "ann@example.org", "a \"b\" c", "\u{1b}[31m\u{202e}é", spoofed]
                {
                    let line = line(attempted, source.parse().unwrap(), account);
                    for prefix in [
                        "",
                        "2026-11-30T12:00:00.123456Z  ",
                        "host websh[1]: 2026-11-30T12:00:00Z  ",
                    ] {
                        let line = format!("{prefix}WARN websh::auth: {line}");
                        assert_eq!(filtered(&line).as_deref(), Some(expected), "{line}");
                    }
                }
            }
        }
        let other = "INFO websh: sign-in failed from 192.0.2.1 reason=x account=y";
        assert_eq!(filtered(other), None);
    }

    #[test]
    fn accounts_are_escaped_and_bounded() {
        for (account, expected) in [
            ("ann+x@example.org", "ann+x@example.org"),
            ("a b\n\u{1b}%", "a%20b%0A%1B%25"),
            ("é\u{202e}", "%C3%A9%E2%80%AE"),
        ] {
            assert_eq!(escape(account), expected);
        }
        assert_eq!(escape(&"x".repeat(10_000)).len(), 128);
    }
}
