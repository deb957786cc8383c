//! The person at a page: a member at a session, or a guest who joined through a share. Selects the request
//! for a ticket and the ending that each of them sees.

use client::{
    Ending, Target,
    ending::{self, ShareOver},
};
use protocol::{
    api::{Attach, ErrorInfo, Session, Ticket},
    id::{GuestId, HolderId, SessionId},
    wire,
};

use crate::{api, error::PageError, terminal::driven_marker};

#[derive(Clone)]
pub enum Attachment {
    /// As the owner, or as a superuser who watches.
    Member(Box<Session>),
    /// As a guest, who is one of those whose cookies the browser holds.
    Guest(SessionId, GuestId),
}

impl Attachment {
    /// Returns the session, and who attaches as far as the page knows.
    pub fn target(&self) -> Target {
        match self {
            Self::Member(session) => Target { session: Some(session.id), holder: None },
            Self::Guest(session, guest) => {
                Target { session: Some(*session), holder: Some(HolderId(guest.0)) }
            }
        }
    }

    pub async fn ticket(&self, attach: &Attach) -> Result<Ticket, PageError> {
        match self {
            Self::Member(session) => api::rest::attach(session.id, attach).await,
            Self::Guest(_, guest) => api::sharing::attach(*guest).await,
        }
    }

    /// Marks for the other pages of this browser whether this page drives the session.
    pub fn mark(&self, driving: bool) {
        if let Self::Member(session) = self {
            driven_marker::mark(session.id, driving);
        }
    }

    /// Returns the ending after a refused attach.
    pub fn refused(&self, error: PageError) -> Ending {
        match self {
            Self::Member(_) => Ending::from(ErrorInfo::from(error)),
            Self::Guest(..) => Ending::of_guest(error.into()),
        }
    }

    /// Returns the ending after the sign-in or the guest's cookie became invalid.
    pub fn signed_out(&self) -> Ending {
        match self {
            Self::Member(_) => Ending::SignedOut,
            Self::Guest(..) => Ending::Share(ShareOver::Gone),
        }
    }

    /// Returns the ending that the session reported.
    pub fn ended(&self, end: &wire::End) -> Ending {
        match self {
            Self::Member(session) => Ending::Over(Box::new(ending::ended(session, end))),
            Self::Guest(..) => Ending::Share(ShareOver::SessionEnded),
        }
    }
}
