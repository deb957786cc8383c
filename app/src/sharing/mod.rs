//! Sharing a session: the share dialog, the Share button, and the guests of ended sessions. The same
//! dialog serves session cards and the terminal page.

mod guests;
mod invite;
mod new_link;
mod options;
mod qr;
mod secrets;
mod session_receipt;
pub mod share_button;
mod share_dialog;
mod share_list;

pub use session_receipt::SessionReceipt;
pub use share_dialog::ShareSession;
