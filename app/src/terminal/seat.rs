//! Whose page this is at a session: a member's, or that of a guest who came by a share. It knows which
//! call gives a ticket, and what an end means to each of them.

use protocol::{
    api::{Attach, Session, Ticket},
    wire,
};

use crate::{
    api,
    error::PageError,
    terminal::{
        Ending, ShareOver,
        ending::{self, of_guest},
        here,
    },
};

/// Who sits at the page.
#[derive(Clone)]
pub enum Seat {
    /// The owner, or a superuser who looks.
    Member(Box<Session>),
    /// A guest: the browser has their cookie.
    Guest,
}

impl Seat {
    /// Asks for a ticket.
    ///
    /// # Errors
    /// What the server says.
    pub async fn ticket(&self, attach: &Attach) -> Result<Ticket, PageError> {
        match self {
            Self::Member(session) => api::rest::attach(session.id, attach).await,
            Self::Guest => api::sharing::attach().await,
        }
    }

    /// Tells the other pages of this browser whether one of them drives the own session.
    pub fn mark(&self, driving: bool) {
        if let Self::Member(session) = self {
            here::mark(session.id, driving);
        }
    }

    /// Why the server gave no ticket.
    pub fn refused(&self, why: PageError) -> Ending {
        match self {
            Self::Member(_) => Ending::from(why),
            Self::Guest => of_guest(why),
        }
    }

    /// Who let this page in does not know it any more.
    pub fn signed_out(&self) -> Ending {
        match self {
            Self::Member(_) => Ending::SignedOut,
            Self::Guest => Ending::Share(ShareOver::Gone),
        }
    }

    /// The session said its last word.
    pub fn ended(&self, end: &wire::End) -> Ending {
        match self {
            Self::Member(session) => Ending::Over(Box::new(ending::ended(session, end))),
            Self::Guest => Ending::Share(ShareOver::SessionEnded),
        }
    }

    /// Asks the server how it ended, where the connection did not say.
    pub async fn what_happened(&self) -> Ending {
        let answer = match self {
            Self::Member(session) => api::sessions::session(session.id).await.map(drop),
            Self::Guest => api::sharing::joined().await.map(drop),
        };
        match answer {
            Ok(()) => {
                self.refused(PageError::new("stopped", "The session closed this connection."))
            }
            Err(why) => self.refused(why),
        }
    }
}
