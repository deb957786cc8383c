//! Rows, styles and colours of the emulator's grid, converted to and from their wire forms.
//! Knows no frames and no history.

pub mod capture;
pub mod palette;
pub mod sgr;
pub mod styles;
