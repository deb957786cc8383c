//! Last message and close code of an attachment.

use prost::Message;
use protocol::{
    close,
    framing::Channel,
    wire::{
        End, EndCause, Ended, ServerMessage, ShareEnd, ended::Cause, server_message::Body,
        share_end::How,
    },
};

use crate::io::connection::Connection;

pub struct Closing {
    cause: Option<Cause>,
    code: u16,
    reason: &'static str,
}

impl Closing {
    /// Returns the closing for an ended session. Guests receive neither the reason nor the name of the person
    /// who ended it.
    pub fn session(end: &End, guest: bool) -> Self {
        let (code, reason) = match end.cause() {
            EndCause::Expired => (close::IDLE, "The session expired."),
            _ => (close::ENDED, "The session ended."),
        };
        let mut end = end.clone();
        if guest {
            end = End { by: String::new(), note: String::new(), ..end };
        }
        let code = if guest { close::GONE } else { code };
        Self { cause: Some(Cause::Session(end)), code, reason }
    }

    /// Closing of a client that another one replaced as driver, or that is rejected because one drives.
    pub fn displaced(cause: Option<Cause>) -> Self {
        Self { cause, code: close::TAKEN_OVER, reason: "Another client is driving this session." }
    }

    pub fn share(how: How, at: u64) -> Self {
        let reason = match how {
            How::TimeUp => "The share has expired.",
            How::Revoked => "The share was revoked.",
            How::Removed => "You were removed from the session.",
        };
        let cause = Some(Cause::Share(ShareEnd { how: how.into(), at }));
        Self { cause, code: close::GONE, reason }
    }

    pub fn send(self, connection: &Connection) {
        let body = Some(Body::Ended(Ended { cause: self.cause }));
        connection.send(Channel::Message, &ServerMessage { body }.encode_to_vec());
        connection.close(self.code, self.reason);
    }
}
