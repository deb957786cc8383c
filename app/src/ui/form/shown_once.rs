//! A secret that is shown only once, with a button that copies it. The page holds it only while it is shown.

use leptos::{prelude::*, task::spawn_local};

use crate::browser;

/// The secret and its buttons.
#[component]
pub fn ShownOnce(
    /// Label.
    label: &'static str,
    /// Test id.
    testid: &'static str,
    /// The secret.
    secret: String,
    /// Masked until revealed, against shoulder surfing.
    #[prop(optional)]
    masked: bool,
    /// Hint below the field until it is copied.
    #[prop(default = "Copy it now. It will not be shown again.")]
    hint: &'static str,
    /// Called when the secret is copied or selected for copying.
    #[prop(into, optional)]
    copied: Option<Callback<()>>,
) -> impl IntoView {
    let field = NodeRef::<leptos::html::Input>::new();
    let said = RwSignal::new("");
    let hidden = RwSignal::new(masked);
    let copy = {
        let secret = secret.clone();
        move |_| {
            let secret = secret.clone();
            spawn_local(async move {
                // Without TLS there is no clipboard. Selected text can be copied by hand unless it is
                // masked.
                let there = browser::copy(&secret).await;
                if !there {
                    hidden.try_set(false);
                }
                if let Some(field) = field.try_get_untracked().flatten() {
                    if !there {
                        field.set_type("text");
                    }
                    field.select();
                }
                let words =
                    if there { "Copied." } else { "Selected. Press Ctrl+C or ⌘C to copy." };
                said.try_set(words);
                if let Some(copied) = copied {
                    copied.try_run(());
                }
            });
        }
    };
    let word = move || if hidden.get() { "Show" } else { "Hide" };
    view! {
        <label>
            {label}
            <span class="secret-row">
                <input
                    node_ref=field
                    class="secret"
                    data-testid=testid
                    type=move || if hidden.get() { "password" } else { "text" }
                    readonly
                    autocomplete="off"
                    value=secret
                />
                {masked
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button"
                                data-testid=format!("{testid}-reveal")
                                on:click=move |_| hidden.update(|it| *it = !*it)
                            >
                                {word}
                            </button>
                        }
                    })}
                <button type="button" class="button" data-testid=format!("{testid}-copy") on:click=copy>
                    "Copy"
                </button>
            </span>
        </label>
        <p class="help" role="status">
            {move || match said.get() {
                "" => hint,
                said => said,
            }}
        </p>
    }
}
