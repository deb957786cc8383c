//! The client side of a session without I/O, clock, browser or terminal. A caller passes in what
//! happened, such as messages, closed sockets, input and time, and performs the [`Action`]s that come
//! out. The page, `websh attach` and the benchmarks drive the same [`Client`].

#![expect(missing_docs, reason = "items that their name describes have no doc")]

mod action;
mod client;
pub mod ending;
pub mod link;
mod outbox;
pub mod participants;
mod target;

pub use action::{Action, Notification, ParticipantsChange, Refused};
pub use client::{Client, encode};
pub use ending::Ending;
pub use link::{CloseReason, Event};
pub use participants::{BatonAction, Participant, Participants};
pub use target::Target;
