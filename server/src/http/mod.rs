//! HTTP that is independent of routes: errors, headers, origins, cookies, client addresses, authentication.

pub mod authenticate;
pub mod body;
pub mod client_ip;
pub mod cookies;
pub mod error;
pub mod headers;
pub mod named;
pub mod origin;
