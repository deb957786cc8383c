//! The pages, by address. Each says what it shows; how things look is in `style`.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    Lazy, SsrMode,
    components::{FlatRoutes, Route, Router},
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
mod parts;
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
            <FlatRoutes fallback=not_found::NotFoundPage>
                <Route path=path!("/") view={Lazy::<parts::Home>::new()} ssr=SsrMode::Async />
                <Route path=path!("/all") view={Lazy::<parts::All>::new()} ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view={Lazy::<parts::SignIn>::new()} ssr=SsrMode::Async />
                <Route path=path!("/invite") view={Lazy::<parts::Invite>::new()} ssr=SsrMode::Async />
                <Route path=path!("/join") view={Lazy::<parts::Join>::new()} ssr=SsrMode::Async />
                <Route path=path!("/members") view={Lazy::<parts::Members>::new()} ssr=SsrMode::Async />
                <Route path=path!("/settings") view={Lazy::<parts::Settings>::new()} ssr=SsrMode::Async />
                <Route path=path!("/audit") view={Lazy::<parts::Log>::new()} ssr=SsrMode::Async />
                <Route path=path!("/me") view={Lazy::<parts::Me>::new()} ssr=SsrMode::Async />
                <Route path=path!("/setup") view={Lazy::<parts::SetUp>::new()} ssr=SsrMode::Async />
                <Route
                    path=path!("/sessions/:id")
                    view={Lazy::<parts::Session>::new()}
                    ssr=SsrMode::Async
                />
            </FlatRoutes>
        </Router>
    }
}
