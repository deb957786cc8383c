//! The rules of the workspace: authentication, authorization, session lifecycle, sharing and
//! administration, for all interfaces. It contains no HTTP, SQL or PTY code.
//!
//! Operations fail with [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Busy`] and
//! [`Error::Unavailable`] as those describe. Methods document further errors only.

mod access;
mod admin;
mod audit;
mod clock;
mod context;
mod control;
mod error;
mod identity;
mod mail;
mod secret;
mod sessions;
mod sharing;
mod throttle;
mod validate;

pub use access::Actor;
pub use admin::{
    all_sessions::AllSessions, audit_log::AuditLog, command_line, grants::Grants, members::Members,
    settings::Settings,
};
pub use clock::{Clock, Manual, System};
pub use context::Config;
pub use control::Control;
pub use error::{Error, Kind, Limit};
pub use identity::{
    anonymous_audit::AnonymousAudit,
    api_tokens::ApiTokens,
    connections::Connections,
    invites::Invites,
    new_member::NewMember,
    permissions::{LivePermissions, Permissions, RevokeReason},
    set_up::SetUp,
    sign_ins::{Caller, DEVICE_LIFETIME, DeviceSecret, SignIns, SignedIn},
};
pub use mail::transport::MailTransport;
pub use sessions::{
    Sessions,
    attachments::{Attachments, RedeemedTicket},
    create::Created,
    reconciler::Reconciler,
};
pub use sharing::{
    guests::{Admitted, GUEST_COOKIE_LIFETIME, Guests, JoinedGuest},
    held_cookies::HeldCookie,
    shares::Shares,
};
