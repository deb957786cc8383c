//! How mail leaves, as the configuration has it.

use std::{fs::DirBuilder, os::unix::fs::DirBuilderExt};

use control::Mail;

use super::{Config, ConfigError, refuse, url};

/// Whom mail into a directory is from where nobody says.
const NOBODY: &str = "websh@localhost";

impl Config {
    /// A mail server, or a directory while there is none, or no mail at all.
    ///
    /// # Errors
    /// One sentence that names the key.
    pub fn mail(&self) -> Result<Option<Mail>, ConfigError> {
        match (&self.smtp_url, &self.mail_from, &self.mail_dir) {
            (Some(_), None, _) => refuse("mail_from is not set: mail by smtp_url needs a sender."),
            (Some(url), Some(_), _) if url::is_open_mail(url) => refuse(
                "smtp_url would send mail and passwords unencrypted over the network: use smtps://… or smtp://…?tls=required.",
            ),
            (Some(url), Some(from), _) => Mail::smtp(url, from).map(Some).map_err(ConfigError),
            (None, from, Some(directory)) => {
                let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
                made.map_err(|error| ConfigError(format!("mail_dir can't be made: {error}.")))?;
                let from = from.as_deref().unwrap_or(NOBODY);
                Mail::directory(directory, from).map(Some).map_err(ConfigError)
            }
            (None, _, None) => Ok(None),
        }
    }
}
