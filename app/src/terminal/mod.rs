//! The terminal of a page. `model` is pure and tested natively. `view` owns the elements of the page
//! and runs in browsers only; the logic of the connection is the `client` crate's.

mod attachment;
pub mod driven_marker;
pub mod model;
mod state;
pub mod view;

pub use attachment::Attachment;
pub use state::{Dom, Ui, set_changed};
