//! The ids that name things everywhere: in URLs, rows, sockets' file names, logs. An id never authorizes anything.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

id! {
    /// A session, from its creation to the history of ended ones. UUIDv7, so ids sort by age.
    SessionId
}
id! {
    /// A member of the workspace.
    MemberId
}
id! {
    /// An invitation to become a member, or to choose a new password.
    InviteId
}
id! {
    /// That somebody may open sessions as an account.
    GrantId
}
id! {
    /// A share of a session: one link with its password.
    ShareId
}
id! {
    /// Somebody who came by a share, from then on.
    GuestId
}
id! {
    /// A member's API token.
    TokenId
}
id! {
    /// A page or program that attaches: it keeps this id over reconnects, so that its input is
    /// applied exactly once. UUIDv4, chosen by the client.
    ClientId
}
