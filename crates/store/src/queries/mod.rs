//! Queries, one type per table or group of tables. Each type is a handle on the shared connection pool.

mod audit;
mod credentials;
mod devices;
mod grants;
mod guests;
mod invites;
mod members;
mod search;
mod sessions;
mod settings;
mod shares;
mod sign_ins;
mod tokens;

pub use audit::AuditLog;
pub use credentials::{Credential, Credentials};
pub use devices::{Devices, NewDevice};
pub use grants::Grants;
pub use guests::{Admission, Guests};
pub use invites::Invites;
pub use members::{MemberChange, Members};
pub use sessions::{Added, Page, Sessions};
pub use settings::Settings;
pub use shares::Shares;
pub use sign_ins::SignIns;
pub use tokens::Tokens;
