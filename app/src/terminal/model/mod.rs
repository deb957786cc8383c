//! Pure logic of the terminal view: keys, text, styles, lines to show. It does not depend on a browser.

pub mod baton;
pub mod css;
pub mod keys;
pub mod scrollback;
pub mod spans;
pub mod text;
