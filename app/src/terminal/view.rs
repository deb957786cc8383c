//! skeleton
use leptos::prelude::*;
use protocol::api::Session;

/// The terminal
#[component]
pub fn TerminalView(session: Session) -> impl IntoView {
    view! { <p>{session.name}</p> }
}
