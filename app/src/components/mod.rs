//! Parts of pages: one component a file.

pub mod close_session;
pub mod connection;
pub mod crew_bar;
pub mod dialog;
pub mod end_page;
pub mod ended_session;
pub mod expiry;
pub mod failure;
pub mod field;
pub mod form;
pub mod header;
pub mod key_bar;
pub mod live;
pub mod logo;
pub mod new_session;
pub mod paged;
pub mod place;
pub mod plain_page;
pub mod session_card;
pub mod session_list;
pub mod theme;
pub mod time;
