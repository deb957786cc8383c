//! Transport of mail, according to the configuration.

use std::{fs::DirBuilder, os::unix::fs::DirBuilderExt};

use control::MailTransport;

use super::{
    Config,
    source::{ConfigError, refuse},
    url,
};

/// Default sender of mail that is written to a directory.
const DEFAULT_SENDER: &str = "websh@localhost";

impl Config {
    /// Returns the mail server, or else the directory; `None` if neither is configured.
    ///
    /// # Errors
    /// One sentence naming the key.
    pub fn mail(&self) -> Result<Option<MailTransport>, ConfigError> {
        match (&self.smtp_url, &self.mail_from, &self.mail_dir) {
            (Some(_), None, _) => refuse(
                "smtp_url is set, but mail_from is not. Set mail_from to the sender's address.",
            ),
            (Some(url), Some(_), _) if url::is_unencrypted_mail(url) => refuse(
                "smtp_url would send mail and passwords unencrypted. Use smtps://… or smtp://…?tls=required.",
            ),
            (Some(url), Some(from), _) => {
                MailTransport::smtp(url, from).map(Some).map_err(ConfigError)
            }
            (None, from, Some(directory)) => {
                let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
                made.map_err(|error| ConfigError(format!("Could not create mail_dir: {error}.")))?;
                let from = from.as_deref().unwrap_or(DEFAULT_SENDER);
                MailTransport::directory(directory, from).map(Some).map_err(ConfigError)
            }
            (None, _, None) => Ok(None),
        }
    }
}
