//! Revisions of the screen and the frames between them. Does not depend on the emulator.

pub mod repaint;
pub mod revisions;
mod row;
mod shift;
