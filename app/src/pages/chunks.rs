//! The parts that the program of the pages is sent in, beside what every page needs. The tool that builds
//! the pages puts what several parts need into files that they share: the fewer parts, the fewer of those.

use std::pin::Pin;

use leptos::prelude::*;
use leptos_router::{LazyRoute, hooks::use_url};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{
    all::AllPage, audit::LogPage, home::HomePage, invite::InvitePage, join::JoinPage, me::MePage,
    members::MembersPage, session::SessionPage, set_up::SetUpPage, settings::SettingsPage,
    sign_in::SignInPage,
};
use crate::browser;

type Loading = Pin<Box<dyn Future<Output = Result<AnyView, SplitLoaderError>>>>;

macro_rules! pages {
    ($($(#[$what:meta])* $route:ident, $load:ident in $part:ident: $page:ident;)+) => { $(
        $(#[$what])*
        pub struct $route;

        impl LazyRoute for $route {
            fn data() -> Self {
                Self
            }

            async fn view(_: Self) -> AnyView {
                // The page then names the files of this part, and the browser asks for all at once.
                if !cfg!(target_family = "wasm") {
                    leptos::prefetch_lazy_fn_on_server(stringify!($part));
                }
                or_whole_page(Box::pin($load())).await
            }
        }

        #[wasm_split($part, fallible)]
        fn $load() -> Result<AnyView, SplitLoaderError> {
            Ok($page().into_any())
        }
    )+ };
}

pages! {
    /// `/`
    Home, home in list: HomePage;
    /// `/sessions/{id}`
    Session, session in terminal: SessionPage;
    /// `/join`
    Join, join in rest: JoinPage;
    /// `/sign-in`
    SignIn, sign_in in entrance: SignInPage;
    /// `/invite`
    Invite, invite in entrance: InvitePage;
    /// `/setup`
    SetUp, set_up in entrance: SetUpPage;
    /// `/all`
    All, all in rest: AllPage;
    /// `/members`
    Members, members in rest: MembersPage;
    /// `/settings`
    Settings, settings in rest: SettingsPage;
    /// `/audit`
    Log, log in rest: LogPage;
    /// `/me`
    Me, me in rest: MePage;
}

/// The page, or nothing while the browser loads it anew: parts of another build than this page's do not
/// load, which is what a page that was open during an update finds.
async fn or_whole_page(loading: Loading) -> AnyView {
    if let Ok(page) = loading.await {
        return page;
    }
    // A page that the server sent just now would come the same way again.
    if !Owner::current_shared_context().is_some_and(|it| it.during_hydration()) {
        let url = use_url().get_untracked();
        let search = if url.search().is_empty() { "" } else { "?" };
        browser::go(&format!("{}{search}{}", url.path(), url.search()));
    }
    std::future::pending().await
}
