//! The REST interface under `/api/v1`: one file per noun. Each handler reads the request, makes one
//! call on `control`, and says what came of it.

pub mod audit;
pub mod error;
pub mod events;
pub mod glance;
pub mod grants;
pub mod health;
pub mod invites;
pub mod join;
pub mod members;
pub mod metrics;
pub mod openapi;
pub mod operator;
pub mod own;
pub mod sessions;
pub mod settings;
pub mod shares;
pub mod sign_in;
pub mod tokens;

mod extract;
