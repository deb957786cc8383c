//! TCP: listening, serving connections and resetting one. Knows no route.

pub mod abort;
pub mod listen;
