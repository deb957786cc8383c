//! The warnings before a session expires or a share of it ends, in its terminal.

use leptos::prelude::*;

use crate::{
    components::{show::Show, time::Now},
    terminal::Ui,
    words,
};

/// How long is left, and *Keep*. Any key of the owner does the same.
#[component]
pub fn ExpiryWarning(
    /// The terminal's state.
    ui: Ui,
) -> impl IntoView {
    let now = use_context::<Now>();
    let left = move || {
        let (at, now) = (ui.expires.get()?, now?.0.get()?);
        Some(words::soon(at, now))
    };
    let shown = move || {
        ui.expires.with(Option::is_some)
            && ui.ending.with(Option::is_none)
            && ui.crew.with(|crew| !crew.overseeing())
    };
    view! {
        <Show when=shown>
            <div class="expiry" role="alert" data-testid="expiry">
                <p>"Unused for long: this session ends " {move || left().unwrap_or_default()} "."</p>
                <button
                    type="button"
                    class="button primary small"
                    data-testid="keep"
                    data-command="keep"
                >
                    "Keep it"
                </button>
            </div>
        </Show>
    }
}

/// The warning before a share ends: to a guest, and to the owner, who can extend it.
#[component]
pub fn ShareWarning(
    /// The terminal's state.
    ui: Ui,
    /// Opens the share dialog; none for guests.
    #[prop(optional, into)]
    share: Option<Callback<()>>,
) -> impl IntoView {
    let now = use_context::<Now>();
    let left = move || {
        let (at, now) = (ui.share_ends.get()?, now?.0.get()?);
        Some(words::soon(at, now))
    };
    // Gone once it has ended: the owner's page stays.
    let soon = Memo::new(move |_| left().is_some_and(|left| left != "now"));
    let shown = move || soon.get() && ui.ending.with(Option::is_none);
    let what = if share.is_some() { "A share of this session ends " } else { "Your access ends " };
    view! {
        <Show when=shown>
            <div class="expiry" role="alert" data-testid="share-ending">
                <p>{what} {move || left().unwrap_or_default()} "."</p>
                {share
                    .map(|share| {
                        view! {
                            <button
                                type="button"
                                class="button primary small"
                                data-testid="share-ending-extend"
                                on:click=move |_| {
                                    ui.share_ends.set(None);
                                    share.run(());
                                }
                            >
                                "Extend…"
                            </button>
                        }
                        .into_any()
                    })}
            </div>
        </Show>
    }
}
