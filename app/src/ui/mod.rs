//! Generic widgets: dialogs, forms, lists, times. They know no sessions, members or shares.

pub mod button;
pub mod dialog;
pub mod failure;
pub mod form;
pub mod list;
pub mod logo;
pub mod plain_page;
pub mod request;
pub mod rows;
pub mod section;
pub mod show;
pub mod theme;
pub mod time;
