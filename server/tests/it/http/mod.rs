//! Rules that hold for all routes.

pub mod access_matrix;
pub mod connections;
pub mod disclosure;
pub mod requests;
