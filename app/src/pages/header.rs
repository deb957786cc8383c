//! The header of the pages: links to the pages that the member may see, the member, and signing out.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use protocol::api::{Me, Role};

use crate::{
    live::{Live, sign_out},
    palette::{PageCommands, Palette, PaletteButton},
    ui::{button::Button, logo::Logo, theme::ThemeButton},
};

/// Path, name, test id and lowest role of each page.
const PAGES: [(&str, &str, &str, Role); 4] = [
    ("/", "Sessions", "nav-sessions", Role::Member),
    ("/members", "Members", "nav-members", Role::Superuser),
    ("/settings", "Settings", "nav-settings", Role::Superuser),
    ("/audit", "Audit log", "nav-audit", Role::Superuser),
];

/// Logo, links, member, command palette, theme and sign-out.
#[component]
pub fn Header(me: Me) -> impl IntoView {
    let palette = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let live = use_context::<Live>();
    let leave = move |_| {
        busy.set(true);
        spawn_local(async move {
            if !sign_out(live).await {
                busy.set(false);
            }
        });
    };
    let here = use_location().pathname;
    // All lists of sessions belong to one link.
    let at = move |path: &'static str| {
        here.with(|here| here == path || path == "/" && here == "/all").then_some("page")
    };
    let link = move |(path, name, testid, _): (&'static str, &'static str, &'static str, Role)| {
        view! {
            <a href=path data-testid=testid aria-current=move || at(path)>
                {name}
            </a>
        }
        .into_any()
    };
    let links = PAGES.into_iter().filter(|(.., needs)| me.role >= *needs).map(link);
    let links: Vec<_> = links.collect();
    // A single page needs no navigation.
    let nav = (links.len() > 1)
        .then(|| view! { <nav class="header-nav" aria-label="Pages">{links}</nav> }.into_any());
    view! {
        <header class="header">
            <a class="brand" href="/">
                <Logo />
                <span>"websh"</span>
            </a>
            {nav}
            <a
                class="account-link"
                href="/me"
                data-testid="who"
                title=format!("Signed in as {}", me.email)
                aria-current=move || at("/me")
            >
                {me.name}
            </a>
            <PaletteButton open=palette keys="Ctrl+K or ⌘K" />
            <ThemeButton />
            <Button
                testid="sign-out"
                label="Sign out"
                kind="quiet"
                disabled=busy
                hydrated=true
                press=leave
            />
        </header>
        <Palette open=palette role=Some(me.role) own=PageCommands::of_page() />
    }
}
