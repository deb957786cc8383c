//! The way into a page: who is signed in, and whether the page is there for them. It does not know what
//! is on the page.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Redirect, hooks::use_url};
use protocol::api::{Me, Role};

use crate::{
    api,
    live::Live,
    pages::header::Header,
    palette::page_commands::Offers,
    ui::{failure::Failure, plain_page::Nothing, time::provide_now},
};

/// A page with the header above it, for whom [`Guard`] lets in.
#[component]
pub fn SignedIn(
    /// Its title.
    title: &'static str,
    /// The lowest role that may see it.
    #[prop(default = Role::Member)]
    needs: Role,
    /// What is on it.
    page: fn(Me) -> AnyView,
) -> impl IntoView {
    let framed = move |me: Me| {
        view! {
            <Title text=format!("{title} · websh") />
            <Header me=me.clone() />
            <main class="page">{page(me)}</main>
        }
        .into_any()
    };
    view! { <Guard needs page=framed /> }
}

/// Asks who is there. Nobody is sent to sign in and comes back here; for those whose role is too low
/// there is no such page.
#[component]
pub fn Guard<Page>(
    /// The lowest role that may see it.
    #[prop(default = Role::Member)]
    needs: Role,
    /// The whole page.
    page: Page,
) -> impl IntoView
where
    Page: Fn(Me) -> AnyView + Clone + Send + Sync + 'static,
{
    provide_now();
    let url = use_url();
    let me = Resource::new(|| (), |()| api::members::me());
    view! {
        <Suspense fallback=|| view! { <p class="loading">"One moment…"</p> }>
            {move || {
                let page = page.clone();
                Suspend::new(async move {
                    match me.await {
                        Ok(me) if me.role >= needs => view! { <Listening me page /> }.into_any(),
                        Ok(_) => view! { <Nothing /> }.into_any(),
                        Err(why) if why.is_signed_out() => {
                            let path = url.with_untracked(|url| format!("/sign-in?return={}", url.path()));
                            view! { <Redirect path /> }.into_any()
                        }
                        Err(why) => {
                            view! {
                                <main class="page">
                                    <Failure error=Some(why) />
                                </main>
                            }
                                .into_any()
                        }
                    }
                })
            }}
        </Suspense>
    }
}

/// A page that goes to sign in as soon as its sign-in is over.
#[component]
fn Listening<Page>(me: Me, page: Page) -> impl IntoView
where
    Page: Fn(Me) -> AnyView + Send + Sync + 'static,
{
    Live::provide();
    Offers::provide();
    page(me)
}
