//! Rules that hold for all routes.

pub mod access_matrix;
pub mod disclosure;
pub mod requests;
