//! The REST interface under `/api/v1`: one folder per concern, one file per resource. A handler reads
//! the request, makes one call on `control` and returns the result.

pub mod openapi;
pub mod operator;

mod extract;
mod identity;
mod responses;
mod sessions;
mod sharing;
