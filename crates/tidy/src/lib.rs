//! The rules of the house, kept by this crate's tests.
