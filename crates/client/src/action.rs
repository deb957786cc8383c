//! Output of the client: actions, notifications, and reasons for which it refuses input.

use protocol::{
    api::Attach,
    mirror::Change,
    wire::{self, ended::Cause},
};

use crate::link::CloseReason;

/// Action for the caller to perform, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Request a ticket, then report [`Ticket`](crate::Event::Ticket), [`Refused`](crate::Event::Refused) or
    /// [`Failed`](crate::Event::Failed).
    Attach(Attach),
    /// Open a socket with the ticket and send [`Client::hello`](crate::Client::hello) first.
    Open,
    /// Send a binary message on the open socket; drop it if there is none.
    Send(Vec<u8>),
    /// Close the socket, cancel a request for a ticket, and ignore what either still delivers.
    Close,
    /// Call [`Client::report_presence`](crate::Client::report_presence).
    ReportPresence,
    Notify(Notification),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Notification {
    Welcome,
    Frame(Change),
    History(wire::History),
    Participants(ParticipantsChange),
    /// The session discarded input because this client does not drive.
    InputRefused,
    /// The driver refused the request for the baton.
    BatonRefused {
        by: String,
    },
    /// The session expires at this time in Unix milliseconds; none once that is averted.
    Expiry(Option<i64>),
    /// A share ends at this time in Unix milliseconds; none once that is averted.
    ShareEnding(Option<i64>),
    /// Number of wrong passwords tried for the shares of the session.
    WrongPasswords(u32),
    Clipboard(String),
    /// Last message of the session, with the cause.
    Ended(Cause),
    /// The attachment is over; it does not reconnect by itself. Without a reason, [`Notification::Ended`] or
    /// the refusal gave it.
    Over(Option<CloseReason>),
}

/// Consequences of a change of the participants for this client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParticipantsChange {
    /// This client drives now.
    pub gained: bool,
    /// This client no longer drives; its unsent input was discarded.
    pub lost: bool,
    /// This client drives, and another participant requests the baton.
    pub requested: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("this client only watches")]
    Watching,
    #[error("the attachment is over")]
    Over,
    #[error("too much input is waiting to be sent")]
    Full,
}
