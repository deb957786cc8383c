//! Encoders of input events. Pure: they know no screen.

mod key_table;
pub mod keys;
pub mod mouse;
pub mod paste;
