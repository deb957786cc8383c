//! Access to a page: requires a sign-in and a role. It does not depend on the content of the page.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Redirect, hooks::use_url};
use protocol::api::{Me, Role};

use crate::{
    api,
    error::PageError,
    identity,
    live::Live,
    pages::header::Header,
    palette::PageCommands,
    ui::{failure::Failure, plain_page::NotFound, time::provide_now},
};

/// A page with the header, behind a [`Guard`].
#[component]
pub fn SignedIn(
    title: &'static str,
    #[prop(default = Role::Member)] needs: Role,
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

/// Fetches the signed-in member. Without a sign-in, redirects to the sign-in page, which returns here; if
/// the role is too low, the page is not found.
#[component]
pub fn Guard<Page>(#[prop(default = Role::Member)] needs: Role, page: Page) -> impl IntoView
where
    Page: Fn(Me) -> AnyView + Send + Sync + 'static,
{
    provide_now();
    let url = use_url();
    let me = Resource::new(|| (), |()| api::me());
    let page: Arc<dyn Fn(Me) -> AnyView + Send + Sync> = Arc::new(page);
    let shown = move |me: Result<Me, PageError>| match me {
        Ok(me) if me.role >= needs => {
            let page = page.clone();
            view! { <LivePage me page /> }.into_any()
        }
        Ok(_) => view! { <NotFound /> }.into_any(),
        Err(why) if why.is_signed_out() => {
            let path = url.with_untracked(|url| format!("/sign-in?return={}", url.path()));
            view! { <Redirect path /> }.into_any()
        }
        Err(why) => view! {
            <main class="page">
                <Failure error=Some(why) />
            </main>
        }
        .into_any(),
    };
    view! {
        <Suspense fallback=|| view! { <p class="loading">"Loading…"</p> }>
            {move || {
                let shown = shown.clone();
                Suspend::new(async move { shown(me.await) })
            }}
        </Suspense>
    }
}

/// A page that receives live changes, and redirects once its sign-in ends.
#[component]
fn LivePage(me: Me, page: Arc<dyn Fn(Me) -> AnyView + Send + Sync>) -> impl IntoView {
    let member = me.id;
    Effect::new(move |_| identity::adopt(member));
    Live::provide();
    PageCommands::provide();
    page(me)
}
