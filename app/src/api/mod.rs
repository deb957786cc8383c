//! Requests of the pages, one file per noun. Server functions take the context and make one call; requests
//! that set cookies or create tickets use the REST interface, in `rest`.

pub mod audit;
pub mod grants;
pub mod invites;
pub mod members;
pub mod operator;
pub mod rest;
pub mod servers;
pub mod sessions;
pub mod sharing;
pub mod sign_ins;
pub mod tokens;
pub mod workspace;
