//! A secret that is shown this one time, with a button that copies it. It is in the page only as long as
//! this is shown.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use crate::browser;

/// The secret, to be copied.
#[component]
pub fn ShownOnce(
    /// What it is, for people.
    label: &'static str,
    /// Test id.
    testid: &'static str,
    /// The secret.
    secret: String,
) -> impl IntoView {
    let field = NodeRef::<leptos::html::Input>::new();
    let said = RwSignal::new("");
    let copy = {
        let secret = secret.clone();
        move |_| {
            if let Some(field) = field.get_untracked() {
                field.select();
            }
            // Without TLS there is no clipboard to write to; what is selected can be copied by hand.
            let secret = secret.clone();
            spawn_local(async move {
                let there =
                    !browser::member(&browser::window().navigator(), "clipboard").is_undefined();
                let copied = there && {
                    let write = browser::window().navigator().clipboard().write_text(&secret);
                    JsFuture::from(write).await.is_ok()
                };
                said.try_set(if copied {
                    "Copied."
                } else {
                    "Selected: copy it with Ctrl+C or ⌘C."
                });
            });
        }
    };
    view! {
        <label>
            {label}
            <span class="once">
                <input
                    node_ref=field
                    class="secret"
                    data-testid=testid
                    type="text"
                    readonly
                    autocomplete="off"
                    value=secret
                />
                <button type="button" class="button" data-testid=format!("{testid}-copy") on:click=copy>
                    "Copy"
                </button>
            </span>
        </label>
        <p class="help" role="status">
            {move || match said.get() {
                "" => "This is the only time it is shown.",
                said => said,
            }}
        </p>
    }
}
