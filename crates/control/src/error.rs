//! Errors of this crate, each with a stable code for programs and a sentence for users: the problem
//! first, then the way out.

use protocol::{
    api::{ActiveClient, EndReason, ErrorBody, ErrorInfo, GuestEnd, Session, TokenScope},
    format,
};

/// Reason a request failed. Its code is the name of the variant unless [`Error::code`] has another.
#[derive(Debug, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the sentences describe the errors")]
pub enum Error {
    #[error("Sign in to continue.")]
    Unauthenticated,
    /// The message does not reveal which is wrong.
    #[error("Incorrect email address or password.")]
    InvalidCredentials,
    /// Seconds until the next attempt is allowed.
    #[error("Too many attempts. Try again in {0} seconds.")]
    Throttled(u64),
    /// The queue for password checks is full.
    #[error("Too many people are signing in right now. Try again in a moment.")]
    Busy,
    /// The check failed, so the password may be right. It does not count as an attempt.
    #[error("The password could not be checked. Try again in a moment.")]
    PasswordUnchecked,
    /// The user database of the machine did not answer.
    #[error("The accounts of this server are unavailable. Try again in a moment.")]
    AccountsUnavailable,
    /// The actor's role or scope does not allow the action.
    #[error("You are not allowed to do this.")]
    Forbidden,
    /// The actor's role allows the action, but the scope of their token does not.
    #[error("This token does not allow this. Use a token with the scope {0}.")]
    NeedsScope(TokenScope),
    /// The target does not exist, or is hidden from the actor.
    #[error("No such {0}.")]
    NotFound(&'static str),
    #[error("{}", format::ending(.0))]
    Ended(Box<Session>),
    /// A field has an invalid value; the message is one sentence.
    #[error("{message}")]
    Invalid { field: &'static str, message: String },
    #[error("There is no server named {0}.")]
    UnknownServer(String),
    #[error("There is no account named {0} on this server.")]
    UnknownAccount(String),
    /// The shell failed to start. One sentence.
    #[error("{0}")]
    SpawnFailed(String),
    /// A limit is reached; the member's running sessions that count towards it.
    #[error("{limit}")]
    SessionLimit { limit: Limit, sessions: Vec<Session> },
    /// Another client drives the session, and its policy requires a confirmation to take over.
    #[error("This session is in use by {} ({}).", .0.who, .0.device)]
    AttachedElsewhere(ActiveClient),
    #[error("Incorrect current password.")]
    WrongPassword,
    #[error("This is the last superuser. Make another member a superuser first.")]
    LastSuperuser,
    /// The link was used or has expired.
    #[error("This link is no longer valid. Ask for a new one.")]
    InviteOver,
    #[error("Email is not set up. Create a link and send it yourself.")]
    MailNotConfigured,
    #[error("This account is already granted to this member or role.")]
    GrantExists,
    #[error("Token limit reached. Remove a token and try again.")]
    TooManyTokens,
    #[error("{0} is offline. Running sessions continue; create new ones when it is back.")]
    ServerOffline(String),
    /// The account exists, but is not granted to the actor.
    #[error("You do not have access to the account {0}.")]
    AccountForbidden(String),
    #[error("A member with this email address already exists.")]
    MemberExists,
    /// No share has this token and this password; the message does not reveal which is wrong.
    #[error("This link or its password is not valid.")]
    ShareDenied,
    /// A share has ended, or a guest's part in it.
    #[error("{}", share_end_message(*.0))]
    ShareOver(GuestEnd),
    #[error("This share is full. Try again when a guest has left.")]
    ShareFull,
    #[error("Sharing is turned off in this workspace.")]
    SharingDisabled,
    #[error("Share limit of this session reached. Revoke a share and try again.")]
    TooManyShares,
    /// The request carries no guest cookie.
    #[error("Open the link you received and enter its password first.")]
    NotJoined,
    /// The request carries cookies of several guests and does not name one.
    #[error("This browser has joined several sessions. Open the link of the one you want.")]
    GuestNotNamed,
    /// The request names a guest whose cookie it does not carry.
    #[error("This browser is no longer a guest of this session. Open the link you received again.")]
    GuestMismatch,
    /// The request names another member than the one who is signed in, whose name this is.
    #[error("You are signed in as {0} in another tab. Reload this page.")]
    IdentityChanged(String),
    /// The ticket is unknown, used, expired or issued to another sign-in.
    #[error("This ticket is not valid. Attach again.")]
    BadTicket,
    #[error("Too many terminals are open in this browser. Close one and try again.")]
    TooManySockets,
    #[error("The session is not responding. Try again in a moment.")]
    Unreachable,
    #[error(
        "The database disk is full. Free space and try again. Running sessions are not affected."
    )]
    DatabaseFull,
    /// Details are in the log only.
    #[error(
        "The database is unavailable. Running sessions are not affected. Try again in a moment."
    )]
    Unavailable,
}

/// A limit that a new session would exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentences describe the limits")]
pub enum Limit {
    #[error("Session limit reached. Close a session and try again.")]
    Member,
    #[error(
        "Session limit of this API token reached. Close a session that it created and try again."
    )]
    Token,
    #[error("Session limit of the workspace reached. Close one of your sessions and try again.")]
    Workspace,
    /// Seconds until the next new session is allowed.
    #[error("Too many new sessions. Try again in {0} seconds.")]
    Rate(u64),
}

impl Limit {
    /// Returns the name of the setting that defines the limit.
    #[must_use]
    pub fn setting(self) -> &'static str {
        match self {
            Self::Member => "max_sessions_per_user",
            Self::Token => "max_sessions_per_token",
            Self::Workspace => "max_sessions",
            Self::Rate(_) => "max_creates_per_minute",
        }
    }
}

/// Class of an error, independent of any protocol's status codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "most classes are described by their names")]
pub enum Kind {
    Unauthenticated,
    Forbidden,
    NotFound,
    /// The current state does not allow it.
    Conflict,
    /// The target existed and has ended.
    Gone,
    /// The request is well-formed, but cannot be fulfilled.
    Unprocessable,
    /// A limit is reached.
    TooMany,
    /// A temporary failure.
    Unavailable,
}

impl Error {
    /// Returns the stable snake_case code.
    #[must_use]
    pub fn code(&self) -> String {
        let code = match self {
            Self::Invalid { field: "session_timeout_minutes", .. } => "invalid_timeout",
            Self::Invalid { field: "minutes", .. } => "invalid_expiry",
            Self::Invalid { field: "new", .. } => "invalid_password",
            Self::Invalid { field, .. } => return format!("invalid_{field}"),
            Self::Throttled(_) => "too_many_attempts",
            Self::Ended(session) => session.end_reason.unwrap_or(EndReason::Lost).code(),
            Self::ShareOver(GuestEnd::SessionEnded) => "session_ended",
            Self::ShareOver(end) => return format!("share_{end}"),
            Self::Unreachable => "session_unreachable",
            Self::NeedsScope(_) => "forbidden",
            named => named.into(),
        };
        code.to_owned()
    }

    /// Returns the class of the error.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Unauthenticated
            | Self::InvalidCredentials
            | Self::ShareDenied
            | Self::NotJoined
            | Self::GuestNotNamed => Kind::Unauthenticated,
            Self::Throttled(_)
            | Self::SessionLimit { .. }
            | Self::TooManySockets
            | Self::TooManyTokens => Kind::TooMany,
            Self::Forbidden
            | Self::NeedsScope(_)
            | Self::BadTicket
            | Self::AccountForbidden(_)
            | Self::SharingDisabled => Kind::Forbidden,
            Self::NotFound(_) => Kind::NotFound,
            Self::Ended(_) | Self::InviteOver | Self::ShareOver(_) => Kind::Gone,
            Self::Invalid { .. }
            | Self::WrongPassword
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
            | Self::GuestMismatch
            | Self::IdentityChanged(_)
            | Self::GrantExists => Kind::Conflict,
            Self::Busy
            | Self::PasswordUnchecked
            | Self::AccountsUnavailable
            | Self::Unreachable
            | Self::DatabaseFull
            | Self::Unavailable => Kind::Unavailable,
        }
    }

    /// Returns the seconds after which a retry makes sense, where that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Throttled(seconds) | Self::SessionLimit { limit: Limit::Rate(seconds), .. } => {
                Some(*seconds)
            }
            Self::Busy
            | Self::PasswordUnchecked
            | Self::AccountsUnavailable
            | Self::Unavailable => Some(1),
            _ => None,
        }
    }

    pub(crate) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { field, message: message.into() }
    }
}

impl From<Error> for ErrorBody {
    fn from(error: Error) -> Self {
        let field = match &error {
            Error::Invalid { field, .. } => Some(*field),
            Error::WrongPassword => Some("current"),
            Error::UnknownServer(_) | Error::ServerOffline(_) => Some("server"),
            Error::UnknownAccount(_) | Error::AccountForbidden(_) => Some("account"),
            Error::GrantExists => Some("to"),
            Error::MemberExists => Some("email"),
            Error::SessionLimit { limit, .. } => Some(limit.setting()),
            _ => None,
        };
        let mut info = ErrorInfo {
            code: error.code(),
            message: error.to_string(),
            field: field.map(str::to_owned),
            ..ErrorInfo::default()
        };
        match error {
            Error::SessionLimit { sessions, .. } => info.sessions = Some(sessions),
            Error::AttachedElsewhere(client) => info.active_client = Some(client),
            Error::Ended(session) => info.session = Some(session),
            _ => {}
        }
        Self { error: info }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        tracing::error!(%error, "a database request failed");
        match error {
            store::Error::Full(_) => Self::DatabaseFull,
            _ => Self::Unavailable,
        }
    }
}

/// Converts a failure to look up an account, or returns none if the account was looked up.
pub(crate) fn accounts_unavailable(error: &host::Error) -> Option<Error> {
    matches!(error, host::Error::AccountsUnavailable(_)).then(|| {
        tracing::error!(%error, "an account could not be looked up");
        Error::AccountsUnavailable
    })
}

fn share_end_message(end: GuestEnd) -> &'static str {
    match end {
        GuestEnd::Left => "You left this session.",
        GuestEnd::Removed => "You were removed from this session.",
        GuestEnd::Expired => "This share has expired.",
        GuestEnd::Revoked => "This share was revoked.",
        GuestEnd::SessionEnded => "The shared session has ended.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_a_field_name_it() {
        let invalid = |field| Error::invalid(field, "Invalid.");
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
            (Error::NeedsScope(TokenScope::Admin), "forbidden", None),
        ] {
            let ErrorBody { error } = error.into();
            assert_eq!((error.code.as_str(), error.field.as_deref()), (code, field));
        }
    }
}
