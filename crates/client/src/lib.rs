//! The client side of a session without I/O, clock, browser or terminal. A caller passes in what
//! happened, such as messages, closed sockets, input and time, and performs the [`Action`]s that come
//! out. The page, `websh attach` and the benchmarks drive the same [`Client`].

mod action;
mod baton;
mod client;
mod close;
pub mod ending;
pub mod link;
mod outbox;
pub mod participants;

pub use action::{Action, Notification, ParticipantsChange, Refused};
pub use baton::BatonAction;
pub use client::{Client, encode};
pub use close::CloseReason;
pub use ending::Ending;
pub use link::Event;
pub use participants::{Participant, Participants};
