//! JSON types of the REST interface and of the pages' server functions. Times are RFC 3339 UTC.
//! `docs/protocol.md` explains them. They contain no rules.

mod audit;
pub mod limits;
mod members;
mod operator;
#[cfg(feature = "test-support")]
pub mod samples;
mod servers;
mod sessions;
mod shares;
mod whole;
mod workspace;

pub use audit::*;
pub use members::*;
pub use operator::*;
pub use servers::*;
pub use sessions::*;
pub use shares::*;
pub use whole::Minutes;
pub use workspace::*;
