//! How long the session lives.

pub mod idle;
