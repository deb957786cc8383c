//! The wasm chunks of the pages, beside the code of every page. The build tool moves code of several chunks
//! to files that they share: fewer chunks make fewer of those.

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
    ($($route:ident, $load:ident in $chunk:ident: $page:ident;)+) => { $(
        pub struct $route;

        impl LazyRoute for $route {
            fn data() -> Self {
                Self
            }

            async fn view(_: Self) -> AnyView {
                // Lists the files of this chunk in the page, so that the browser loads them at once.
                if !cfg!(target_family = "wasm") {
                    leptos::prefetch_lazy_fn_on_server(stringify!($chunk));
                }
                or_reload(Box::pin($load())).await
            }
        }

        #[wasm_split($chunk, fallible)]
        fn $load() -> Result<AnyView, SplitLoaderError> {
            Ok($page().into_any())
        }
    )+ };
}

pages! {
    Home, home in list: HomePage;
    Session, session in terminal: SessionPage;
    Join, join in rest: JoinPage;
    SignIn, sign_in in entrance: SignInPage;
    Invite, invite in entrance: InvitePage;
    SetUp, set_up in entrance: SetUpPage;
    All, all in rest: AllPage;
    Members, members in rest: MembersPage;
    Settings, settings in rest: SettingsPage;
    Log, log in rest: LogPage;
    Me, me in rest: MePage;
}

/// The page; or none while the browser reloads it, because the chunks of another build do not load. That
/// happens to pages that were open during an update.
async fn or_reload(loading: Loading) -> AnyView {
    if let Ok(page) = loading.await {
        return page;
    }
    // During hydration the page was just loaded: reloading would loop.
    if !Owner::current_shared_context().is_some_and(|it| it.during_hydration()) {
        let url = use_url().get_untracked();
        let search = if url.search().is_empty() { "" } else { "?" };
        browser::go(&format!("{}{search}{}", url.path(), url.search()));
    }
    std::future::pending().await
}
