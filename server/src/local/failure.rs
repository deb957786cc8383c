//! Reason a command of this crate failed: one sentence for people, an exit status for programs.

use control::Kind;

use crate::config::ConfigError;

/// Reason a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Any failure without a status of its own.
    #[error("{0}")]
    Message(String),
    /// A failure of the command line library.
    #[error(transparent)]
    Cli(#[from] cli::Failure),
    /// Invalid configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database failed.
    #[error("{}.", capitalized(&.0.to_string()))]
    Store(#[from] store::Error),
    /// An unreachable session process.
    #[error(transparent)]
    Host(#[from] host::Error),
    /// A rule refused the command.
    #[error(transparent)]
    Control(#[from] control::Error),
}

impl Failure {
    /// Exit status, as [`cli::Failure::status`].
    pub fn status(&self) -> u8 {
        match self {
            Self::Cli(failure) => failure.status(),
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

fn capitalized(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_failure_has_its_status() {
        for (failure, status) in [
            (Failure::Message(String::new()), 1),
            (Failure::Cli(cli::Failure::Usage(String::new())), 2),
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
