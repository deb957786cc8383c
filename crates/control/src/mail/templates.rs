//! Templates of the mails that websh sends, as plain text and as HTML. Pure.

use chrono::{DateTime, Utc};
use protocol::api::{FreshShare, InviteLink};

use crate::Actor;

/// A mail without its recipient.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Email {
    /// Mail programs show it in lists, so it contains no secret and nothing about a session.
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    /// Name of the sender.
    pub(crate) by: String,
    pub(crate) reply_to: String,
}

impl Email {
    fn new(by: &Actor, subject: String, text: String, body: &str) -> Self {
        let style = "font-family:system-ui,sans-serif;line-height:1.5";
        let html = format!(
            "<!doctype html>\n<html lang=\"en\"><body style=\"{style}\">\n{body}\n\
             </body></html>\n"
        );
        Self { subject, text, html, by: by.name.clone(), reply_to: by.email.clone() }
    }
}

pub(crate) fn guest_invitation(by: &Actor, session: &str, share: &FreshShare) -> Email {
    let FreshShare { url, password, .. } = share;
    let name = &by.name;
    let access = if share.read_only { "You can watch." } else { "You can watch and type." };
    let until = minute(share.expires_at);
    let warning = "Keep the link and the password to yourself: anyone with both can join.";
    let text = format!(
        "{name} shares the terminal session \"{session}\" with you. {access}\n\n\
         Open      {url}\nPassword  {password}\n\nThe link is valid until {until}. {warning}\n"
    );
    let subject = format!("{name} shares a terminal with you");
    let [name, session, url, password] = [name, session, url, password].map(escape);
    let body = format!(
        "<p>{name} shares the terminal session <b>{session}</b> with you. {access}</p>\n\
         <p><a href=\"{url}\">Join the session</a></p>\n\
         <p>Password: <code style=\"font-size:1.2em\">{password}</code></p>\n\
         <p>The link is valid until {until}. {warning}</p>\n<p style=\"color:#666\">{url}</p>"
    );
    Email::new(by, subject, text, &body)
}

pub(crate) fn member_invitation(by: &Actor, workspace: &str, link: &InviteLink) -> Email {
    let (name, url) = (&by.name, &link.url);
    let until = minute(link.invite.expires_at);
    let warning = "Keep it to yourself: anyone with the link can join in your place.";
    let text = format!(
        "{name} invites you to the workspace \"{workspace}\".\n\nOpen  {url}\n\n\
         The link works once, until {until}. {warning}\n"
    );
    let subject = format!("{name} invites you to websh");
    let [name, workspace, url] = [name, workspace, url].map(escape);
    let body = format!(
        "<p>{name} invites you to the workspace <b>{workspace}</b>.</p>\n\
         <p><a href=\"{url}\">Choose a name and a password</a></p>\n\
         <p>The link works once, until {until}. {warning}</p>\n\
         <p style=\"color:#666\">{url}</p>"
    );
    Email::new(by, subject, text, &body)
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
pub(super) mod tests {
    use protocol::{
        api::Role,
        id::{MemberId, ShareId},
    };
    use uuid::Uuid;

    use super::*;

    pub(crate) fn ann() -> Actor {
        Actor {
            member: MemberId(Uuid::nil()),
            email: "ann@example.org".into(),
            name: "Ann".into(),
            role: Role::Member,
            sign_in: Uuid::nil(),
            until: DateTime::UNIX_EPOCH,
            scope: None,
            source: std::net::Ipv4Addr::LOCALHOST.into(),
        }
    }

    pub(crate) fn share() -> FreshShare {
        FreshShare {
            id: ShareId(Uuid::nil()),
            url: "https://websh.example/join#secret".into(),
            password: "0000-1111-2222-3333".into(),
            expires_at: DateTime::UNIX_EPOCH,
            read_only: false,
            max_guests: 1,
            guests_alone: false,
        }
    }

    #[test]
    fn names_are_escaped_in_html() {
        let by = Actor { name: "Ann <b>\"&\"</b>".into(), ..ann() };
        let email = guest_invitation(&by, "<script>", &share());
        assert!(email.html.contains("Ann &lt;b&gt;&quot;&amp;&quot;&lt;/b&gt; shares"));
        assert!(email.html.contains("<b>&lt;script&gt;</b>"));
        assert!(email.text.contains("\"<script>\" with you. You can watch and type."));
        for body in [&email.text, &email.html] {
            assert!(body.contains("1970-01-01 00:00 UTC"), "{body}");
        }
        assert_eq!(email.subject, "Ann <b>\"&\"</b> shares a terminal with you");
    }
}
