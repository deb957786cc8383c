//! How mail leaves: by a mail server or into a directory. What is written in it is `letters`', what waits
//! and is tried again `share_mail`'s.

use std::{error::Error as _, fmt, path::Path, sync::Arc, time::Duration};

use lettre::{
    Address, AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::extension::ClientId,
};
use uuid::Uuid;

use crate::{mail::templates::Letter, validate};

/// How long a mail server may take to answer.
const ANSWER: Duration = Duration::from_secs(30);

/// Why a mail was not sent, in a sentence for who sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotSent {
    /// Trying again may help.
    Yet(String),
    /// It will not be taken.
    Ever(String),
}

/// A way for mail to leave, and whom it is from; clones share it.
#[derive(Clone)]
pub struct Mail {
    way: Way,
    from: Arc<Mailbox>,
}

#[derive(Clone)]
enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Directory(AsyncFileTransport<Tokio1Executor>),
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Mail {
    /// By a mail server (RFC 5321): `smtps://USER:PASSWORD@HOST`, or `smtp://HOST:587?tls=required` with
    /// STARTTLS (RFC 3207).
    ///
    /// # Errors
    /// One sentence that names the key; no part of the URL is in it.
    pub fn smtp(url: &str, from: &str) -> Result<Self, String> {
        let from = sender(from)?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| {
            "smtp_url must be smtps://… or smtp://… with the host of a mail server.".to_owned()
        })?;
        let own = ClientId::Domain(from.email.domain().to_owned());
        let smtp = builder.hello_name(own).timeout(Some(ANSWER)).build();
        Ok(Self { way: Way::Smtp(smtp), from })
    }

    /// As files `*.eml` in a directory, for trying it out.
    ///
    /// # Errors
    /// One sentence that names the key.
    pub fn directory(path: &Path, from: &str) -> Result<Self, String> {
        Ok(Self { way: Way::Directory(AsyncFileTransport::new(path)), from: sender(from)? })
    }

    /// Hands a letter over.
    pub(crate) async fn send(&self, to: &str, letter: &Letter) -> Result<(), NotSent> {
        let message = self.message(to, letter).map_err(NotSent::Ever)?;
        match &self.way {
            Way::Smtp(smtp) => smtp.send(message).await.map(drop).map_err(|error| {
                let Some(code) = error.status() else {
                    tracing::warn!(%error, "the mail server can't be reached");
                    return NotSent::Yet("The mail server can't be reached.".to_owned());
                };
                let words = error.source().map(ToString::to_string).unwrap_or_default();
                let words = validate::shown(&words);
                let colon = if words.is_empty() { "." } else { ": " };
                let said = format!("The mail server refused it with {code}{colon}{words}");
                if error.is_permanent() { NotSent::Ever(said) } else { NotSent::Yet(said) }
            }),
            Way::Directory(files) => files.send(message).await.map(drop).map_err(|error| {
                tracing::warn!(%error, "mail_dir can't be written");
                NotSent::Ever("It could not be written to mail_dir.".to_owned())
            }),
        }
    }

    fn message(&self, to: &str, letter: &Letter) -> Result<Message, String> {
        let no_address = |_| "This is not an e-mail address.".to_owned();
        let domain = self.from.email.domain();
        let mut message = Message::builder()
            .from((*self.from).clone())
            .to(Mailbox::new(None, to.parse().map_err(no_address)?))
            .subject(&letter.subject)
            .message_id(Some(format!("<{}@{domain}>", Uuid::now_v7())))
            .raw_header(HeaderValue::new(
                // RFC 3834: nobody's absence note comes back.
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Ok(address) = letter.reply_to.parse() {
            message = message.reply_to(Mailbox::new(Some(letter.by.clone()), address));
        }
        let parts = MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone());
        message.multipart(parts).map_err(|_| "The mail could not be written.".to_owned())
    }
}

fn sender(from: &str) -> Result<Arc<Mailbox>, String> {
    let said = |_| "mail_from must be an e-mail address, such as websh@example.org.".to_owned();
    from.parse().map(Arc::new).map_err(said)
}

/// An address that mail can be sent to, as it is kept.
pub(crate) fn address(written: &str) -> Option<String> {
    validate::email(written).ok().filter(|address| address.parse::<Address>().is_ok())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::mail::templates::Invitation;

    #[test]
    fn a_mail_has_its_secrets_in_the_body_alone() {
        let letter = Invitation {
            by: "Ann",
            reply_to: "ann@example.org",
            session: "build",
            url: "https://websh.example/join#secret",
            password: "0000-1111-2222-3333",
            read_only: true,
            until: DateTime::UNIX_EPOCH,
        };
        let mail = Mail::directory(Path::new("/nowhere"), "websh <websh@example.org>").unwrap();
        let message = mail.message("bob@example.org", &letter.into()).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(!head.contains("secret") && !head.contains("0000-1111"), "{head}");
        assert!(!head.contains("build"), "{head}");
        for line in
            ["From: websh <websh@example.org>", "To: bob@example.org", "Reply-To: Ann <ann@"]
        {
            assert!(head.contains(line), "{head}");
        }
        assert!(body.contains("https://websh.example/join#secret"), "{body}");
        assert_eq!(body.matches("0000-1111-2222-3333").count(), 2, "{body}");
    }

    #[test]
    fn what_can_not_send_says_which_key_is_wrong() {
        for url in ["https://user:secret@host", "smtp://host?tls=secret", "secret"] {
            let said = Mail::smtp(url, "websh@example.org").unwrap_err();
            assert!(said.contains("smtp_url") && !said.contains("secret"), "{said}");
        }
        assert!(Mail::smtp("smtp://localhost:25", "nobody").unwrap_err().contains("mail_from"));
    }

    #[test]
    fn addresses_are_tidied_or_refused() {
        for (written, kept) in [
            (" Bob@Example.org ", Some("bob@example.org")),
            ("bob", None),
            ("bob@", None),
            ("bob@example.org\r\nBcc: eve@example.org", None),
            ("a b@example.org", None),
            ("", None),
        ] {
            assert_eq!(address(written).as_deref(), kept, "{written:?}");
        }
    }
}
