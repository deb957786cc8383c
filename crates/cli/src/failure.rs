//! Reason a command failed: one sentence for people, an exit status for programs.

use std::io;

use crate::http;

/// Reason a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Any failure without a status of its own.
    #[error("{0}")]
    Message(String),
    /// Wrong use that the argument parser does not detect.
    #[error("{0}")]
    Usage(String),
    /// The caller has no permission.
    #[error("{0}")]
    NotAllowed(String),
    /// No such session, token or server.
    #[error("{0}")]
    NotFound(String),
    /// The session has ended.
    #[error("{0}")]
    Ended(String),
    /// The REST interface failed or refused.
    #[error("{}", sentence(.0))]
    Http(#[from] http::Error),
    /// Standard output.
    #[error("Could not write the output: {0}.")]
    Output(#[source] io::Error),
    /// Standard input or the terminal.
    #[error("Could not use the terminal: {0}.")]
    Io(#[from] io::Error),
}

impl Failure {
    /// The only one of the `found`, which have the name or id `wanted`; `kind` is such as "session".
    pub fn only<T>(
        kind: &str,
        wanted: &str,
        mut found: impl Iterator<Item = T>,
    ) -> Result<T, Self> {
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            (None, _) => Err(Self::NotFound(format!("No {kind} is named {wanted}."))),
            _ => Err(Self::Message(format!(
                "Several {kind}s are named {wanted}. Use the id instead."
            ))),
        }
    }

    /// Exit status: 1 error, 2 usage error, 3 not allowed, 4 not found, 5 ended or expired.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::NotAllowed(_) => 3,
            Self::NotFound(_) => 4,
            Self::Ended(_) => 5,
            Self::Http(http::Error::Refused(_, status)) => match status {
                401 | 403 => 3,
                404 => 4,
                410 => 5,
                _ => 1,
            },
            Self::Http(_) | Self::Message(_) | Self::Output(_) | Self::Io(_) => 1,
        }
    }
}

/// The sentence of a refusal, with the way out for a command line instead of a page.
fn sentence(error: &http::Error) -> String {
    match error {
        http::Error::Refused(_, 401) if error.code() == "unauthenticated" => {
            "You are signed out. Run `websh login URL` to sign in again.".into()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use protocol::api::ErrorInfo;

    use super::*;

    #[test]
    fn each_kind_of_failure_has_its_status() {
        let refused = |status| {
            let (code, message) = ("x".into(), "X.".into());
            let info = ErrorInfo { code, message, ..ErrorInfo::default() };
            Failure::Http(http::Error::Refused(Box::new(info), status))
        };
        for (failure, status) in [
            (refused(401), 3),
            (refused(403), 3),
            (refused(404), 4),
            (refused(410), 5),
            (refused(409), 1),
            (refused(503), 1),
            (Failure::Usage(String::new()), 2),
            (Failure::NotAllowed(String::new()), 3),
            (Failure::NotFound(String::new()), 4),
            (Failure::Ended(String::new()), 5),
            (Failure::Message(String::new()), 1),
        ] {
            assert_eq!(failure.status(), status, "{failure:?}");
        }
    }
}
