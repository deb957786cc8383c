//! A secret that is shown this one time, with a button that copies it. It is in the page only as long as
//! this is shown.

use leptos::{prelude::*, task::spawn_local};

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
    /// Not to be read over somebody's shoulder until it is asked for.
    #[prop(optional)]
    masked: bool,
    /// What is said beneath until it is copied.
    #[prop(default = "This is the only time it is shown.")]
    hint: &'static str,
    /// It was copied, or could be by hand.
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
                // Without TLS there is no clipboard to write to; what is selected can be copied by
                // hand, unless it is masked.
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
                    if there { "Copied." } else { "Selected: copy it with Ctrl+C or ⌘C." };
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
