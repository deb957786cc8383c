//! Templates of the mails that websh sends, as plain text and as HTML. Pure.

use chrono::{DateTime, Utc};

/// A mail without its recipient.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Email {
    /// Mail programs show it in lists, so it contains no secret and nothing about a session.
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    /// Name of the sender.
    pub(crate) by: String,
    /// Address of the sender.
    pub(crate) reply_to: String,
}

/// Invites a guest to a session.
pub(crate) struct GuestInvitation<'a> {
    pub(crate) by: &'a str,
    pub(crate) reply_to: &'a str,
    pub(crate) session: &'a str,
    pub(crate) url: &'a str,
    pub(crate) password: &'a str,
    pub(crate) read_only: bool,
    pub(crate) until: DateTime<Utc>,
}

impl From<GuestInvitation<'_>> for Email {
    fn from(it: GuestInvitation<'_>) -> Self {
        let GuestInvitation { by, session, url, password, .. } = it;
        let access = if it.read_only { "You can watch." } else { "You can watch and type." };
        let until = minute(it.until);
        let warning = "Keep the link and the password to yourself: anyone with both can join.";
        let text = format!(
            "{by} shares the terminal session \"{session}\" with you. {access}\n\n\
             Open      {url}\nPassword  {password}\n\nThe link is valid until {until}. {warning}\n"
        );
        let [name, session, url, password] = [by, session, url, password].map(escape);
        let html = document(&format!(
            "<p>{name} shares the terminal session <b>{session}</b> with you. {access}</p>\n\
             <p><a href=\"{url}\">Join the session</a></p>\n\
             <p>Password: <code style=\"font-size:1.2em\">{password}</code></p>\n\
             <p>The link is valid until {until}. {warning}</p>\n<p style=\"color:#666\">{url}</p>"
        ));
        let subject = format!("{by} shares a terminal with you");
        Self { subject, text, html, by: by.to_owned(), reply_to: it.reply_to.to_owned() }
    }
}

/// Invites a person to become a member.
pub(crate) struct MemberInvitation<'a> {
    pub(crate) by: &'a str,
    pub(crate) reply_to: &'a str,
    pub(crate) workspace: &'a str,
    pub(crate) url: &'a str,
    pub(crate) until: DateTime<Utc>,
}

impl From<MemberInvitation<'_>> for Email {
    fn from(it: MemberInvitation<'_>) -> Self {
        let MemberInvitation { by, workspace, url, .. } = it;
        let until = minute(it.until);
        let warning = "Keep it to yourself: anyone with the link can join in your place.";
        let text = format!(
            "{by} invites you to the workspace \"{workspace}\".\n\nOpen  {url}\n\n\
             The link works once, until {until}. {warning}\n"
        );
        let [name, workspace, url] = [by, workspace, url].map(escape);
        let html = document(&format!(
            "<p>{name} invites you to the workspace <b>{workspace}</b>.</p>\n\
             <p><a href=\"{url}\">Choose a name and a password</a></p>\n\
             <p>The link works once, until {until}. {warning}</p>\n\
             <p style=\"color:#666\">{url}</p>"
        ));
        let subject = format!("{by} invites you to websh");
        Self { subject, text, html, by: by.to_owned(), reply_to: it.reply_to.to_owned() }
    }
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn document(body: &str) -> String {
    let style = "font-family:system-ui,sans-serif;line-height:1.5";
    format!("<!doctype html>\n<html lang=\"en\"><body style=\"{style}\">\n{body}\n</body></html>\n")
}

fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_in_html() {
        let email = Email::from(GuestInvitation {
            by: "Ann <b>\"&\"</b>",
            reply_to: "ann@example.org",
            session: "<script>",
            url: "https://websh.example/join#x",
            password: "0000-1111-2222-3333",
            read_only: false,
            until: DateTime::UNIX_EPOCH,
        });
        assert!(email.html.contains("Ann &lt;b&gt;&quot;&amp;&quot;&lt;/b&gt; shares"));
        assert!(email.html.contains("<b>&lt;script&gt;</b>"));
        assert!(email.text.contains("\"<script>\" with you. You can watch and type."));
        for body in [&email.text, &email.html] {
            assert!(body.contains("1970-01-01 00:00 UTC"), "{body}");
        }
        assert_eq!(email.subject, "Ann <b>\"&\"</b> shares a terminal with you");
    }
}
