//! What is written in mails: text and HTML that say the same. Pure.

use chrono::{DateTime, Utc};

/// A mail before it has an address.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    /// What mail programs show in lists: no secret, nothing of a session.
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    /// Who writes it, and where answers go.
    pub(crate) by: String,
    pub(crate) reply_to: String,
}

/// What somebody is sent who is to be a guest.
pub(crate) struct Invitation<'a> {
    pub(crate) by: &'a str,
    pub(crate) reply_to: &'a str,
    pub(crate) session: &'a str,
    pub(crate) url: &'a str,
    pub(crate) password: &'a str,
    pub(crate) read_only: bool,
    pub(crate) until: DateTime<Utc>,
}

impl From<Invitation<'_>> for Letter {
    fn from(it: Invitation<'_>) -> Self {
        let Invitation { by, session, url, password, .. } = it;
        let may = if it.read_only { "You can watch." } else { "You can watch, and type." };
        let until = said(it.until);
        let care = "The link and the password are for you alone: whoever has both can come in.";
        let text = format!(
            "{by} shares the terminal session \"{session}\" with you. {may}\n\n\
             Open      {url}\nPassword  {password}\n\nIt works until {until}. {care}\n"
        );
        let [name, session, url, password] = [by, session, url, password].map(escaped);
        let html = page(&format!(
            "<p>{name} shares the terminal session <b>{session}</b> with you. {may}</p>\n\
             <p><a href=\"{url}\">Join the session</a></p>\n\
             <p>Password: <code style=\"font-size:1.2em\">{password}</code></p>\n\
             <p>It works until {until}. {care}</p>\n<p style=\"color:#666\">{url}</p>"
        ));
        let subject = format!("{by} shares a terminal with you");
        Self { subject, text, html, by: by.to_owned(), reply_to: it.reply_to.to_owned() }
    }
}

/// What somebody is sent who is to be a member.
pub(crate) struct Welcome<'a> {
    pub(crate) by: &'a str,
    pub(crate) reply_to: &'a str,
    pub(crate) workspace: &'a str,
    pub(crate) url: &'a str,
    pub(crate) until: DateTime<Utc>,
}

impl From<Welcome<'_>> for Letter {
    fn from(it: Welcome<'_>) -> Self {
        let Welcome { by, workspace, url, .. } = it;
        let until = said(it.until);
        let care = "The link is for you alone: whoever has it can join in your place.";
        let text = format!(
            "{by} invites you to the workspace \"{workspace}\".\n\nOpen  {url}\n\n\
             The link works once, until {until}. {care}\n"
        );
        let [name, workspace, url] = [by, workspace, url].map(escaped);
        let html = page(&format!(
            "<p>{name} invites you to the workspace <b>{workspace}</b>.</p>\n\
             <p><a href=\"{url}\">Choose a name and a password</a></p>\n\
             <p>The link works once, until {until}. {care}</p>\n<p style=\"color:#666\">{url}</p>"
        ));
        let subject = format!("{by} invites you to websh");
        Self { subject, text, html, by: by.to_owned(), reply_to: it.reply_to.to_owned() }
    }
}

fn said(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn page(body: &str) -> String {
    let style = "font-family:system-ui,sans-serif;line-height:1.5";
    format!("<!doctype html>\n<html lang=\"en\"><body style=\"{style}\">\n{body}\n</body></html>\n")
}

/// Text as HTML has it.
fn escaped(text: &str) -> String {
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
    fn names_are_text_in_html_too() {
        let letter = Letter::from(Invitation {
            by: "Ann <b>\"&\"</b>",
            reply_to: "ann@example.org",
            session: "<script>",
            url: "https://websh.example/join#x",
            password: "0000-1111-2222-3333",
            read_only: false,
            until: DateTime::UNIX_EPOCH,
        });
        assert!(letter.html.contains("Ann &lt;b&gt;&quot;&amp;&quot;&lt;/b&gt; shares"));
        assert!(letter.html.contains("<b>&lt;script&gt;</b>"));
        assert!(letter.text.contains("\"<script>\" with you. You can watch, and type."));
        for said in [&letter.text, &letter.html] {
            assert!(said.contains("1970-01-01 00:00 UTC"), "{said}");
        }
        assert_eq!(letter.subject, "Ann <b>\"&\"</b> shares a terminal with you");
    }
}
