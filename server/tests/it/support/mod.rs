//! Servers, clients and helpers shared by the tests.

mod api;
mod cli_user;
mod client;
mod process;
mod sharing;
mod smtp;
mod terminal;
mod test_server;
mod viewer;

pub mod postgres;

pub use api::{Program, change_settings, close, create, id, member_path, open, path, token};
pub use cli_user::CliUser;
pub use client::{Client, Response};
pub use process::{children, command, is_stopped, own_account, run, runs, session_program, signal};
pub use sharing::{join, join_as, session_path, share, share_in_mail, share_token, shares};
pub use smtp::{Mail, Smtp};
pub use terminal::Terminal;
pub use test_server::{EMAIL, LOG, LONG, PASSWORD, TestServer, until};
pub use viewer::{SOCKET, Viewer, close_code, hello, message, open_at, open_socket, ticket};
