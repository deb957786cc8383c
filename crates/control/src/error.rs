//! What can be refused or go wrong, with the word for programs and the sentence for people.

use std::borrow::Cow;

use protocol::api::{ActiveClient, EndReason, ErrorBody, ErrorInfo, GuestEnd, Session};

use crate::sessions::limits::Limit;

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or not any more.
    #[error("Sign in first.")]
    Unauthenticated,
    /// Address or password is wrong; which one is not said.
    #[error("The e-mail address or the password is wrong.")]
    InvalidCredentials,
    /// Too many failed sign-ins; seconds until the next one is looked at.
    #[error("Too many attempts. Try again in {0} seconds.")]
    Throttled(u64),
    /// More sign-ins at once than passwords can be checked.
    #[error("Too many people are signing in just now. Try again in a moment.")]
    Busy,
    /// The actor's role does not allow it.
    #[error("You are not allowed to do this.")]
    Forbidden,
    /// There is no such thing, or it is somebody else's.
    #[error("There is no such {0}.")]
    NotFound(&'static str),
    /// The session is over.
    #[error("{}", ended_sentence(.0))]
    Ended(Box<Session>),
    /// A value that can't be used.
    #[error("{message}")]
    Invalid {
        /// The field it is in.
        field: &'static str,
        /// One sentence.
        message: String,
    },
    /// No server of this id.
    #[error("There is no server named {0}.")]
    UnknownServer(String),
    /// No account of this name on the server.
    #[error("There is no account named {0} on this server.")]
    UnknownAccount(String),
    /// The shell could not be started. One sentence.
    #[error("{0}")]
    SpawnFailed(String),
    /// There are as many sessions as allowed, or they come too fast; the member's own ones are these.
    #[error("{}", limit_sentence(*.limit))]
    SessionLimit {
        /// Which bound.
        limit: Limit,
        /// The member's living sessions.
        sessions: Vec<Session>,
    },
    /// Somebody drives the session, and its policy is to ask before taking over.
    #[error("This session is in use by {} ({}).", .0.who, .0.device)]
    AttachedElsewhere(ActiveClient),
    /// The current password that goes with a new one is wrong.
    #[error("This is not your current password.")]
    WrongPassword,
    /// No superuser would be left who can come in.
    #[error("This is the last superuser. Make somebody else one first.")]
    LastSuperuser,
    /// The link was used or is too old.
    #[error("This link was used already or is too old. Ask for a new one.")]
    InviteOver,
    /// There is no way to send mail.
    #[error("websh has no mail server to send this by. Copy the link instead.")]
    MailNotConfigured,
    /// It is granted already.
    #[error("This account is granted to them already.")]
    GrantExists,
    /// The member has as many tokens as they may have.
    #[error("You have as many tokens as you may have. Remove one first.")]
    TooManyTokens,
    /// No session can be opened on this server now. Sessions that run there are not told of it.
    #[error("{0} is offline: no session can be opened on it just now.")]
    ServerOffline(String),
    /// The account exists, and the actor may not use it.
    #[error("You may not use the account {0}.")]
    AccountForbidden(String),
    /// A member of this address exists.
    #[error("There is a member with this e-mail address already.")]
    MemberExists,
    /// No share has this token and this password. Which of them is wrong is not said.
    #[error("This link or its password does not work.")]
    ShareDenied,
    /// A share, or a guest's part in it, is over.
    #[error("{}", over_sentence(*.0))]
    ShareOver(GuestEnd),
    /// As many guests are there as the share takes.
    #[error("All places of this share are taken. Try again when somebody has left.")]
    ShareFull,
    /// The workspace does not allow sharing.
    #[error("Sharing is switched off in this workspace.")]
    SharingDisabled,
    /// The session has as many shares as it may have.
    #[error("This session has as many links as it may have. Revoke one first.")]
    TooManyShares,
    /// Nobody who came by a share.
    #[error("Open the link you were given and enter its password first.")]
    NotJoined,
    /// The ticket is unknown, used, too old or another sign-in's.
    #[error("This ticket does not work (any more). Attach again.")]
    BadTicket,
    /// The sign-in has as many sockets as it may have.
    #[error("Too many terminals are open in this browser. Close one first.")]
    TooManySockets,
    /// The session's process does not answer.
    #[error("The session does not answer.")]
    Unreachable,
    /// The database has no room to write.
    #[error("There is no room on the disk of the database. Running sessions are not affected.")]
    DatabaseFull,
    /// The database gave no answer. Details are in the log only.
    #[error("websh can't reach its database just now. Running sessions are not affected.")]
    Unavailable,
}

/// The class of an error, free of any protocol's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request itself is wrong.
    Invalid,
    /// Who asks is not known.
    Unauthenticated,
    /// Who asks may not.
    Forbidden,
    /// Not there.
    NotFound,
    /// Not in this state of things.
    Conflict,
    /// Was there, is over.
    Gone,
    /// Well-formed, but can't be done as asked.
    Unprocessable,
    /// Too much of it.
    TooMany,
    /// Not now.
    Unavailable,
}

impl Error {
    /// The stable snake_case word.
    #[must_use]
    pub fn code(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Invalid { field: "session_timeout_minutes", .. } => "invalid_timeout",
            Self::Invalid { field: "minutes", .. } => "invalid_expiry",
            Self::Invalid { field: "new", .. } => "invalid_password",
            Self::Invalid { field, .. } => return Cow::Owned(format!("invalid_{field}")),
            Self::Unauthenticated => "unauthenticated",
            Self::InvalidCredentials => "invalid_credentials",
            Self::Throttled(_) => "too_many_attempts",
            Self::Busy => "busy",
            Self::Forbidden => "forbidden",
            Self::NotFound(_) => "not_found",
            Self::Ended(session) => session.end_reason.unwrap_or(EndReason::Lost).code(),
            Self::UnknownServer(_) => "unknown_server",
            Self::UnknownAccount(_) => "unknown_account",
            Self::ServerOffline(_) => "server_offline",
            Self::SpawnFailed(_) => "spawn_failed",
            Self::SessionLimit { .. } => "session_limit",
            Self::AttachedElsewhere(_) => "attached_elsewhere",
            Self::MemberExists => "member_exists",
            Self::WrongPassword => "wrong_password",
            Self::LastSuperuser => "last_superuser",
            Self::InviteOver => "invite_over",
            Self::MailNotConfigured => "mail_not_configured",
            Self::GrantExists => "grant_exists",
            Self::TooManyTokens => "too_many_tokens",
            Self::AccountForbidden(_) => "account_forbidden",
            Self::ShareDenied => "share_denied",
            Self::ShareOver(end) => match end {
                GuestEnd::Left => "share_left",
                GuestEnd::Removed => "share_removed",
                GuestEnd::Expired => "share_expired",
                GuestEnd::Revoked => "share_revoked",
                GuestEnd::SessionEnded => "session_ended",
            },
            Self::ShareFull => "share_full",
            Self::SharingDisabled => "sharing_disabled",
            Self::TooManyShares => "too_many_shares",
            Self::NotJoined => "not_joined",
            Self::BadTicket => "bad_ticket",
            Self::TooManySockets => "too_many_sockets",
            Self::Unreachable => "session_unreachable",
            Self::DatabaseFull => "database_full",
            Self::Unavailable => "unavailable",
        })
    }

    /// Its class.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Unauthenticated
            | Self::InvalidCredentials
            | Self::ShareDenied
            | Self::NotJoined => Kind::Unauthenticated,
            Self::Throttled(_)
            | Self::SessionLimit { .. }
            | Self::TooManySockets
            | Self::TooManyTokens => Kind::TooMany,
            Self::Forbidden
            | Self::BadTicket
            | Self::AccountForbidden(_)
            | Self::SharingDisabled => Kind::Forbidden,
            Self::NotFound(_) => Kind::NotFound,
            Self::Ended(_) | Self::InviteOver | Self::ShareOver(_) => Kind::Gone,
            Self::Invalid { .. } => Kind::Invalid,
            Self::WrongPassword
            | Self::UnknownServer(_)
            | Self::UnknownAccount(_)
            | Self::SpawnFailed(_) => Kind::Unprocessable,
            Self::AttachedElsewhere(_)
            | Self::ServerOffline(_)
            | Self::MemberExists
            | Self::LastSuperuser
            | Self::MailNotConfigured
            | Self::ShareFull
            | Self::TooManyShares
            | Self::GrantExists => Kind::Conflict,
            Self::Busy | Self::Unreachable | Self::DatabaseFull | Self::Unavailable => {
                Kind::Unavailable
            }
        }
    }

    /// One plain sentence for people.
    #[must_use]
    pub fn message(&self) -> String {
        self.to_string()
    }

    /// Seconds after which trying again makes sense, where that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Throttled(seconds) | Self::SessionLimit { limit: Limit::Rate(seconds), .. } => {
                Some(*seconds)
            }
            Self::Busy | Self::Unavailable => Some(1),
            _ => None,
        }
    }

    pub(crate) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { field, message: message.into() }
    }
}

impl From<&Error> for ErrorBody {
    fn from(error: &Error) -> Self {
        let mut info = ErrorInfo {
            code: error.code().into_owned(),
            message: error.message(),
            field: None,
            sessions: None,
            active_client: None,
            session: None,
        };
        match error {
            Error::Invalid { field, .. } => info.field = Some((*field).to_owned()),
            Error::WrongPassword => info.field = Some("current".to_owned()),
            Error::UnknownServer(_) | Error::ServerOffline(_) => {
                info.field = Some("server".to_owned());
            }
            Error::UnknownAccount(_) | Error::AccountForbidden(_) => {
                info.field = Some("account".to_owned());
            }
            Error::GrantExists => info.field = Some("to".to_owned()),
            Error::MemberExists => info.field = Some("email".to_owned()),
            Error::SessionLimit { limit, sessions } => {
                info.field = Some(limit.setting().to_owned());
                info.sessions = Some(sessions.clone());
            }
            Error::AttachedElsewhere(client) => info.active_client = Some(client.clone()),
            Error::Ended(session) => info.session = Some(session.clone()),
            _ => {}
        }
        Self { error: info }
    }
}

impl From<Error> for ErrorBody {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        tracing::error!(%error, "the database gave no answer");
        match error {
            store::Error::Full(_) => Self::DatabaseFull,
            _ => Self::Unavailable,
        }
    }
}

fn limit_sentence(limit: Limit) -> String {
    match limit {
        Limit::Member => "You have as many sessions as you may have. Close one first.".to_owned(),
        Limit::Token => {
            "This token has opened as many sessions as it may. Close one first.".to_owned()
        }
        Limit::Workspace => {
            "The workspace has as many sessions as it may have. Close one of yours first."
                .to_owned()
        }
        Limit::Rate(seconds) => {
            format!("Sessions are opened too fast. Try again in {seconds} seconds.")
        }
    }
}

fn over_sentence(end: GuestEnd) -> &'static str {
    match end {
        GuestEnd::Left => "You left this session.",
        GuestEnd::Removed => "You were removed from this session.",
        GuestEnd::Expired => "The time of this share is over.",
        GuestEnd::Revoked => "This share was taken back.",
        GuestEnd::SessionEnded => "The session of this share has ended.",
    }
}

fn ended_sentence(session: &Session) -> String {
    let by = session.ended_by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
    match session.end_reason.unwrap_or(EndReason::Lost) {
        EndReason::Exited => match (session.exit_code, session.exit_signal) {
            (_, Some(signal)) => format!("The shell of this session was ended by signal {signal}."),
            (Some(code), None) => format!("The shell of this session exited with status {code}."),
            (None, None) => "The shell of this session exited.".to_owned(),
        },
        EndReason::Closed => format!("This session was closed{by}."),
        EndReason::Expired => "This session expired: nobody used it for too long.".to_owned(),
        EndReason::Dropped => format!("This session was dropped{by}."),
        EndReason::Lost => "This session was lost: its process is gone.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_field_names_it() {
        let invalid = |field| Error::invalid(field, "It can't be.");
        for (error, code, field) in [
            (invalid("name"), "invalid_name", Some("name")),
            (invalid("new"), "invalid_password", Some("new")),
            (invalid("minutes"), "invalid_expiry", Some("minutes")),
            (Error::WrongPassword, "wrong_password", Some("current")),
            (Error::UnknownServer("moon".into()), "unknown_server", Some("server")),
            (Error::ServerOffline("deep".into()), "server_offline", Some("server")),
            (Error::UnknownAccount("man".into()), "unknown_account", Some("account")),
            (Error::AccountForbidden("root".into()), "account_forbidden", Some("account")),
            (Error::GrantExists, "grant_exists", Some("to")),
            (Error::MemberExists, "member_exists", Some("email")),
            (Error::Forbidden, "forbidden", None),
        ] {
            let ErrorBody { error } = error.into();
            assert_eq!((error.code.as_str(), error.field.as_deref()), (code, field));
        }
    }
}
