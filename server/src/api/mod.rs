//! The REST interface under `/api/v1`: one file per noun. Each handler reads the request, makes one
//! call on `control`, and says what came of it.

pub mod error;
pub mod events;
pub mod health;
pub mod metrics;
pub mod openapi;
pub mod operator;
pub mod sessions;
pub mod sign_in;

mod extract;
