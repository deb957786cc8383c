//! Transports for mail: an SMTP server, or a directory of files. Templates and queueing are elsewhere.

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

use super::templates::Email;
use crate::validate;

/// Timeout of each exchange with a mail server.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Reason a mail was not sent, as a sentence for its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SendError {
    /// A retry may succeed.
    Temporary(String),
    Permanent(String),
}

/// A transport for mail, and the address it is sent from. Clones share it.
#[derive(Clone)]
pub struct MailTransport {
    backend: Backend,
    from: Arc<Mailbox>,
}

#[derive(Clone)]
enum Backend {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Directory(AsyncFileTransport<Tokio1Executor>),
}

impl fmt::Debug for MailTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailTransport").field("from", &self.from).finish_non_exhaustive()
    }
}

impl MailTransport {
    /// Sends by a mail server (RFC 5321): `smtps://USER:PASSWORD@HOST`, or
    /// `smtp://HOST:587?tls=required` for STARTTLS (RFC 3207).
    ///
    /// # Errors
    /// One sentence that names the configuration key. It contains no part of the URL.
    pub fn smtp(url: &str, from: &str) -> Result<Self, String> {
        let from = sender(from)?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| {
            "smtp_url must be smtps://… or smtp://… with the host of a mail server.".to_owned()
        })?;
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let smtp = builder.hello_name(hello).timeout(Some(TIMEOUT)).build();
        Ok(Self { backend: Backend::Smtp(smtp), from })
    }

    /// Writes files `*.eml` into a directory, for trying websh out.
    ///
    /// # Errors
    /// One sentence that names the configuration key.
    pub fn directory(path: &Path, from: &str) -> Result<Self, String> {
        Ok(Self { backend: Backend::Directory(AsyncFileTransport::new(path)), from: sender(from)? })
    }

    pub(crate) async fn send(&self, to: &str, email: &Email) -> Result<(), SendError> {
        let message = self.message(to, email).map_err(SendError::Permanent)?;
        match &self.backend {
            Backend::Smtp(smtp) => smtp.send(message).await.map(drop).map_err(|error| {
                let Some(code) = error.status() else {
                    tracing::warn!(%error, "the mail server is unreachable");
                    return SendError::Temporary("The mail server is unreachable.".to_owned());
                };
                let reply = error.source().map(ToString::to_string).unwrap_or_default();
                let reply = validate::one_line(&reply);
                let colon = if reply.is_empty() { "." } else { ": " };
                let reason = format!("The mail server rejected the message: {code}{colon}{reply}");
                if error.is_permanent() {
                    SendError::Permanent(reason)
                } else {
                    SendError::Temporary(reason)
                }
            }),
            Backend::Directory(files) => files.send(message).await.map(drop).map_err(|error| {
                tracing::warn!(%error, "mail_dir is not writable");
                SendError::Permanent("Writing to mail_dir failed.".to_owned())
            }),
        }
    }

    fn message(&self, to: &str, email: &Email) -> Result<Message, String> {
        let invalid = |_| format!("{to} is not a valid email address.");
        let domain = self.from.email.domain();
        let mut message = Message::builder()
            .from((*self.from).clone())
            .to(Mailbox::new(None, to.parse().map_err(invalid)?))
            .subject(&email.subject)
            .message_id(Some(format!("<{}@{domain}>", Uuid::now_v7())))
            .raw_header(HeaderValue::new(
                // Suppresses automatic replies (RFC 3834).
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Ok(address) = email.reply_to.parse() {
            message = message.reply_to(Mailbox::new(Some(email.by.clone()), address));
        }
        let parts = MultiPart::alternative_plain_html(email.text.clone(), email.html.clone());
        message.multipart(parts).map_err(|_| "The mail could not be encoded.".to_owned())
    }
}

fn sender(from: &str) -> Result<Arc<Mailbox>, String> {
    let invalid = |_| "mail_from must be an email address, such as websh@example.org.".to_owned();
    from.parse().map(Arc::new).map_err(invalid)
}

/// Normalizes an address, or returns none if no mail can be sent to it.
pub(crate) fn address(text: &str) -> Option<String> {
    validate::email(text).ok().filter(|address| address.parse::<Address>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::templates::{
        guest_invitation,
        tests::{ann, share},
    };

    #[test]
    fn secrets_are_in_the_body_only() {
        let email = guest_invitation(&ann(), "build", &share());
        let mail =
            MailTransport::directory(Path::new("/nowhere"), "websh <websh@example.org>").unwrap();
        let message = mail.message("bob@example.org", &email).unwrap();
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
    fn an_invalid_configuration_names_the_key() {
        for url in ["https://user:secret@host", "smtp://host?tls=secret", "secret"] {
            let error = MailTransport::smtp(url, "websh@example.org").unwrap_err();
            assert!(error.contains("smtp_url") && !error.contains("secret"), "{error}");
        }
        let error = MailTransport::smtp("smtp://localhost:25", "nobody").unwrap_err();
        assert!(error.contains("mail_from"));
    }

    #[test]
    fn addresses_are_normalized_or_refused() {
        for (text, expected) in [
            (" Bob@Example.org ", Some("bob@example.org")),
            ("bob", None),
            ("bob@", None),
            ("bob@example.org\r\nBcc: eve@example.org", None),
            ("a b@example.org", None),
            ("", None),
        ] {
            assert_eq!(address(text).as_deref(), expected, "{text:?}");
        }
    }
}
