//! TCP: listening, serving connections and resetting one. Does not depend on routes.

pub mod abort;
pub mod admission;
pub mod listen;
