//! Ids used in URLs, rows, file names of sockets, and logs. An id never authorizes anything.

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
    /// Id of a session, running or ended. UUIDv7, so ids sort by age.
    SessionId
}
id! {
    /// Id of a member of the workspace.
    MemberId
}
id! {
    /// Id of an invitation to become a member or to choose a new password.
    InviteId
}
id! {
    /// Id of a grant to open sessions as an account.
    GrantId
}
id! {
    /// Id of a share of a session: one link with its password.
    ShareId
}
id! {
    /// Id of a guest, constant from their first visit.
    GuestId
}
id! {
    /// Id of an API token.
    TokenId
}
id! {
    /// Id of a page or program that attaches. It is constant over reconnects, so that input takes effect
    /// exactly once. UUIDv4, chosen by the client.
    ClientId
}
