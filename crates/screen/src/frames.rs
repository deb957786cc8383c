//! Revisions of the screen and the frames between them. Knows no emulator.

pub mod repaint;
pub mod revisions;
mod row;
mod shift;
