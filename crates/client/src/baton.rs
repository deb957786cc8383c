//! Actions on the baton, the right to drive.

use protocol::wire;

/// Duration of [`BatonAction::Lend`], in seconds.
const LOAN: u32 = 5 * 60;

/// Action that changes who drives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BatonAction {
    /// Request the baton from the driver.
    Request,
    /// Withdraw the request.
    Withdraw,
    /// Drive now.
    Take,
    /// Pass the baton to this viewer.
    Grant(u64),
    /// Pass the baton to this viewer for a few minutes.
    Lend(u64),
    /// Refuse the request of this viewer.
    Refuse(u64),
    /// Stop driving.
    Release,
}

impl BatonAction {
    /// Returns the message for the session.
    pub fn message(self) -> wire::Baton {
        use wire::baton::Wish;
        let wish = match self {
            Self::Request => Wish::Ask(true),
            Self::Take => Wish::Take(true),
            Self::Grant(viewer) | Self::Lend(viewer) => Wish::Grant(viewer),
            Self::Refuse(viewer) => Wish::Refuse(viewer),
            Self::Withdraw | Self::Release => Wish::Release(true),
        };
        let seconds = if matches!(self, Self::Lend(_)) { LOAN } else { 0 };
        wire::Baton { wish: Some(wish), seconds }
    }

    /// Returns the name for the `data-move` attribute of a button, and the viewer it concerns.
    pub fn name(self) -> (&'static str, u64) {
        match self {
            Self::Request => ("ask", 0),
            Self::Withdraw => ("withdraw", 0),
            Self::Take => ("take", 0),
            Self::Grant(viewer) => ("grant", viewer),
            Self::Lend(viewer) => ("lend", viewer),
            Self::Refuse(viewer) => ("refuse", viewer),
            Self::Release => ("release", 0),
        }
    }

    /// Parses what [`name`](Self::name) returned.
    pub fn parse(name: &str, viewer: u64) -> Option<Self> {
        Some(match name {
            "ask" => Self::Request,
            "withdraw" => Self::Withdraw,
            "take" => Self::Take,
            "grant" => Self::Grant(viewer),
            "lend" => Self::Lend(viewer),
            "refuse" => Self::Refuse(viewer),
            "release" => Self::Release,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for action in [
            BatonAction::Request,
            BatonAction::Withdraw,
            BatonAction::Take,
            BatonAction::Grant(7),
            BatonAction::Lend(6),
            BatonAction::Refuse(8),
            BatonAction::Release,
        ] {
            let (name, viewer) = action.name();
            assert_eq!(BatonAction::parse(name, viewer), Some(action));
        }
        assert_eq!(BatonAction::parse("dance", 1), None);
    }
}
