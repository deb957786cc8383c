//! Why a command failed: one sentence for people, an exit status for programs.

use std::io;

use control::Kind;

use crate::{client, config::ConfigError};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Sentence(String),
    /// The command line makes no sense, which is known only now.
    #[error("{0}")]
    Usage(String),
    #[error("{0}")]
    NotAllowed(String),
    #[error("{0}")]
    NotFound(String),
    /// The session is over.
    #[error("{0}")]
    Over(String),
    #[error("{}.", capital(&.0.to_string()))]
    Store(#[from] store::Error),
    #[error("{0}")]
    Host(#[from] host::Error),
    #[error("{0}")]
    Control(#[from] control::Error),
    #[error("{}", remote(.0))]
    Remote(#[from] client::Error),
    #[error("The terminal can't be used: {0}.")]
    Io(#[from] io::Error),
}

impl Failure {
    /// 1 error, 2 usage, 3 not allowed, 4 not found, 5 ended or expired.
    pub(super) fn status(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::NotAllowed(_) => 3,
            Self::NotFound(_) => 4,
            Self::Over(_) => 5,
            Self::Remote(client::Error::Refused(_, status)) => match status {
                401 | 403 => 3,
                404 => 4,
                410 => 5,
                _ => 1,
            },
            Self::Control(error) => match error.kind() {
                Kind::Unauthenticated | Kind::Forbidden => 3,
                Kind::NotFound => 4,
                Kind::Gone => 5,
                _ => 1,
            },
            Self::Host(host::Error::RunDir(_)) => 3,
            Self::Host(host::Error::Gone) => 5,
            _ => 1,
        }
    }
}

/// A refusal in the words of a command line, where those of a page would lead nowhere.
fn remote(error: &client::Error) -> String {
    match error {
        client::Error::Refused(_, 401) if error.code() == "unauthenticated" => {
            "Not signed in any more. `websh login URL` signs in again.".into()
        }
        client::Error::Refused(info, 410) => {
            let over = info.session.as_deref().map(app::words::ending);
            over.unwrap_or_else(|| info.message.clone())
        }
        other => other.to_string(),
    }
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use protocol::api::ErrorInfo;

    use super::*;

    #[test]
    fn each_kind_of_failure_has_its_status() {
        let refused = |status| {
            let info = ErrorInfo {
                code: "x".into(),
                message: "X.".into(),
                field: None,
                sessions: None,
                active_client: None,
                session: None,
            };
            Failure::Remote(client::Error::Refused(Box::new(info), status))
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
            (Failure::Over(String::new()), 5),
            (Failure::Sentence(String::new()), 1),
            (Failure::Control(control::Error::Forbidden), 3),
            (Failure::Control(control::Error::NotFound("member")), 4),
            (Failure::Control(control::Error::InviteOver), 5),
            (Failure::Control(control::Error::MemberExists), 1),
            (Failure::Host(host::Error::RunDir(String::new())), 3),
            (Failure::Host(host::Error::Gone), 5),
            (Failure::Host(host::Error::Stuck), 1),
        ] {
            assert_eq!(failure.status(), status, "{failure:?}");
        }
    }
}
