//! Rows, styles and colours of the emulator's grid, converted to and from their wire forms.
//! Does not depend on frames or history.

pub mod capture;
pub mod palette;
pub mod sgr;
pub mod styles;
