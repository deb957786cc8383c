//! The HTML around every page.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;
use protocol::id::MemberId;

use crate::App;

/// Applies the stored theme before the first paint, so that a dark page never flashes white.
const THEME: &str = "try{const t=localStorage.getItem('websh.theme');\
    if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch{}";

/// The document that the server renders pages into, for a member or without a sign-in. The browser loads the wasm
/// from below `root`.
pub fn shell(options: LeptosOptions, root: String, member: Option<MemberId>) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" data-member=member.map(|member| member.to_string())>
            <head>
                <meta charset="utf-8" />
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
                />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" content="#f6f6f3" media="(prefers-color-scheme: light)" />
                <meta name="theme-color" content="#101418" media="(prefers-color-scheme: dark)" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="icon" href="/favicon.ico" sizes="32x32" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link rel="stylesheet" href="/pkg/websh.css" />
                <script nonce=use_nonce()>{THEME}</script>
                <HydrationScripts options root />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
