//! The pages, by address. Each says what it shows; how things look is in `style`.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

mod all;
mod audit;
mod home;
mod invite;
mod join;
mod me;
mod members;
mod not_found;
mod session;
mod set_up;
mod settings;
mod sign_in;

/// All of websh's pages.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=not_found::NotFoundPage>
                <Route path=path!("/") view=home::HomePage ssr=SsrMode::Async />
                <Route path=path!("/all") view=all::AllPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=sign_in::SignInPage ssr=SsrMode::Async />
                <Route path=path!("/invite") view=invite::InvitePage ssr=SsrMode::Async />
                <Route path=path!("/join") view=join::JoinPage ssr=SsrMode::Async />
                <Route path=path!("/members") view=members::MembersPage ssr=SsrMode::Async />
                <Route path=path!("/settings") view=settings::SettingsPage ssr=SsrMode::Async />
                <Route path=path!("/audit") view=audit::LogPage ssr=SsrMode::Async />
                <Route path=path!("/me") view=me::MePage ssr=SsrMode::Async />
                <Route path=path!("/setup") view=set_up::SetUpPage ssr=SsrMode::Async />
                <Route
                    path=path!("/sessions/:id")
                    view=session::SessionPage
                    ssr=SsrMode::Async
                />
            </Routes>
        </Router>
    }
}
