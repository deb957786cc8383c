//! A secret that is shown only once, with a button that copies it. The page holds it only while it is shown.

use leptos::{prelude::*, task::spawn_local};

use crate::{browser, ui::button::Button};

#[component]
pub fn ShownOnce(
    label: &'static str,
    testid: &'static str,
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
    let message = RwSignal::new(None);
    let hidden = RwSignal::new(masked);
    let copy = {
        let secret = secret.clone();
        move |()| {
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
                let text =
                    if there { "Copied." } else { "Selected. Press Ctrl+C or ⌘C to copy." };
                message.try_set(Some(text));
                if let Some(copied) = copied {
                    copied.try_run(());
                }
            });
        }
    };
    let label_of_reveal = move || if hidden.get() { "Show" } else { "Hide" };
    let reveal = masked.then(|| {
        view! {
            <Button
                testid=format!("{testid}-reveal")
                label=label_of_reveal
                press=move |()| hidden.update(|it| *it = !*it)
            />
        }
    });
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
                {reveal}
                <Button testid=format!("{testid}-copy") label="Copy" press=copy />
            </span>
        </label>
        <p class="help" role="status">
            {move || message.get().unwrap_or(hint)}
        </p>
    }
}
