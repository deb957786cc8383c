//! `/sessions/{id}`: the terminal of a session, or how it ended.

pub mod commands;
pub mod connection;
pub mod end_page;
pub mod guest_view;
pub mod key_bar;
pub mod member_view;
pub mod participants_bar;
pub mod screen;
pub mod warnings;

use client::Ending;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    components::Redirect,
    hooks::{use_params_map, use_query_map},
};
use protocol::{api::ErrorInfo, id::SessionId};

use crate::{
    api,
    error::PageError,
    pages::session::{end_page::EndPage, member_view::TerminalView},
    ui::time::provide_now,
};

#[component]
pub fn SessionPage() -> impl IntoView {
    provide_now();
    let params = use_params_map();
    // Superusers open the sessions of others to watch.
    let query = use_query_map();
    let id = Memo::new(move |_| {
        params.with(|it| it.get("id").and_then(|id| id.parse::<SessionId>().ok()))
    });
    let session = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => api::session(id).await,
                None => Err(PageError::new("not_found", "Session not found.")),
            }
        },
    );
    view! {
        <Suspense fallback=|| view! { <p class="loading">"Loading…"</p> }>
            {move || Suspend::new(async move {
                match session.await {
                    Ok(session) => {
                        let watch = query.with_untracked(|it| it.get("watch").is_some());
                        view! { <TerminalView session watch /> }.into_any()
                    }
                    Err(why) if why.is_signed_out() => {
                        let path = id
                            .get_untracked()
                            .map(|id| format!("/sign-in?return=/sessions/{id}"))
                            .unwrap_or_else(|| "/sign-in".into());
                        view! { <Redirect path /> }.into_any()
                    }
                    Err(why) => {
                        view! {
                            <Title text="websh" />
                            <main class="plain-page">
                                <EndPage ending=Ending::from(ErrorInfo::from(why)) />
                            </main>
                        }
                            .into_any()
                    }
                }
            })}
        </Suspense>
    }
}
