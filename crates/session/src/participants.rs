//! Everyone attached and who drives.

pub mod baton;
