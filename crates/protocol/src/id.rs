//! Ids used in URLs, rows, file names of sockets, and logs. An id never authorizes anything.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// Id of a session, running or ended. UUIDv7, so ids sort by age.
    SessionId,
    /// Id of a member of the workspace.
    MemberId,
    /// Id of an invitation to become a member or to choose a new password.
    InviteId,
    /// Id of a grant to open sessions as an account.
    GrantId,
    /// Id of a share of a session: one link with its password.
    ShareId,
    /// Id of a guest, constant from their first visit.
    GuestId,
    /// Id of the member or the guest that a ticket was issued to.
    HolderId,
    /// Id of an API token.
    TokenId,
    /// Id of a page or program that attaches. It is constant over reconnects, so that input takes effect
    /// exactly once. UUIDv4, chosen by the client.
    ClientId,
}
