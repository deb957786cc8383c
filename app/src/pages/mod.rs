//! The pages, by address. Each says what it shows; how things look is in `style`.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

mod all;
mod home;
mod not_found;
mod session;
mod set_up;
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
