//! Roles of attachments and their permissions.

use protocol::wire::Grant;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Client of the owner that attached to drive.
    Owner,
    /// Client of the owner that attached to watch.
    Watcher,
    /// Another member who attached to watch.
    Overseer,
    /// Guest who may type.
    Guest,
    /// Guest who may not type, now or at all.
    Spectator,
}

impl Role {
    pub fn of_guest(permissions: &Grant) -> Self {
        match permissions.read_only || permissions.owner_away {
            true => Self::Spectator,
            false => Self::Guest,
        }
    }

    pub fn may_drive(self) -> bool {
        matches!(self, Self::Owner | Self::Guest)
    }

    /// Returns whether the attachment joined by a share.
    pub fn is_guest(self) -> bool {
        matches!(self, Self::Guest | Self::Spectator)
    }

    /// Returns whether its activity counts as the owner's and whether it receives the owner's notices.
    pub fn is_owners(self) -> bool {
        matches!(self, Self::Owner | Self::Watcher)
    }
}
