//! The pages by path. Their appearance is in `style`.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    Lazy, SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{identity::notice::IdentityNotice, ui::plain_page::NotFound};

mod all;
mod audit;
mod chunks;
mod guard;
mod header;
mod home;
mod invite;
mod join;
mod me;
mod members;
mod session;
mod set_up;
mod settings;
mod sign_in;
mod validate;

/// Routes of all pages.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <FlatRoutes fallback=NotFound>
                <Route path=path!("/") view={Lazy::<chunks::Home>::new()} ssr=SsrMode::Async />
                <Route path=path!("/all") view={Lazy::<chunks::All>::new()} ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view={Lazy::<chunks::SignIn>::new()} ssr=SsrMode::Async />
                <Route path=path!("/invite") view={Lazy::<chunks::Invite>::new()} ssr=SsrMode::Async />
                <Route path=path!("/join") view={Lazy::<chunks::Join>::new()} ssr=SsrMode::Async />
                <Route path=path!("/members") view={Lazy::<chunks::Members>::new()} ssr=SsrMode::Async />
                <Route path=path!("/settings") view={Lazy::<chunks::Settings>::new()} ssr=SsrMode::Async />
                <Route path=path!("/audit") view={Lazy::<chunks::Log>::new()} ssr=SsrMode::Async />
                <Route path=path!("/me") view={Lazy::<chunks::Me>::new()} ssr=SsrMode::Async />
                <Route path=path!("/setup") view={Lazy::<chunks::SetUp>::new()} ssr=SsrMode::Async />
                <Route
                    path=path!("/sessions/:id")
                    view={Lazy::<chunks::Session>::new()}
                    ssr=SsrMode::Async
                />
            </FlatRoutes>
        </Router>
        <IdentityNotice />
    }
}
