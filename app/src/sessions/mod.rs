//! A member's own sessions: cards, lists, and the dialogs that open, rename and close them.

pub mod account_picker;
pub mod card;
pub mod dialogs;
pub mod ended_session;
pub mod list;
pub mod new_session;
pub mod tabs;
pub mod thumbnail;
