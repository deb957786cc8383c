//! Encoders from input events to the bytes a program reads. Pure; knows no screen.

mod key_table;
pub mod keys;
pub mod mouse;
pub mod paste;
