//! A labelled text field with a hint and an error, and that line for other kinds of fields.

use leptos::{prelude::*, text_prop::TextProp};

use crate::{error::PageError, ui::show::dynamic};

/// A text field; shows the error that names it.
#[component]
pub fn Field(
    #[prop(into)] label: TextProp,
    name: &'static str,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    /// Test id; the error has this and `-error`.
    testid: &'static str,
    #[prop(optional, into)] hint: String,
    value: RwSignal<String>,
    #[prop(into)] error: Signal<Option<PageError>>,
    #[prop(optional)] unit: &'static str,
    #[prop(optional)] placeholder: &'static str,
    #[prop(optional)] autofocus: bool,
    /// Most characters that can be typed: more than allowed, so that the server reports too many.
    #[prop(default = "128")]
    most: &'static str,
) -> impl IntoView {
    let input = NodeRef::<leptos::html::Input>::new();
    let wrong = move || error.with(|it| it.as_ref().is_some_and(|it| it.is_about(name)));
    // Text typed before hydration is kept; text set later is shown.
    Effect::new(move |ready: Option<bool>| {
        let text = value.get();
        let Some(input) = input.get() else { return false };
        if ready != Some(true) {
            value.set(input.value());
        } else if input.value() != text {
            input.set_value(&text);
        }
        true
    });
    let counted = !unit.is_empty();
    view! {
        <label class:with-unit=counted>
            <span>{dynamic(move || label.get())}</span>
            <input
                node_ref=input
                data-testid=testid
                type=kind
                name=name
                value=value.get_untracked()
                inputmode=counted.then_some("numeric")
                autocomplete=autocomplete
                autocapitalize="none"
                maxlength=most
                autofocus=autofocus
                placeholder=(!placeholder.is_empty()).then_some(placeholder)
                aria-invalid=move || wrong().then_some("true")
                aria-describedby=format!("{testid}-help")
                on:input:target=move |event| value.set(event.target().value())
            />
            {counted.then(|| view! { <span class="unit">{unit}</span> }.into_any())}
        </label>
        <Help name testid hint error />
    }
}

/// Hint of a field, or its error.
#[component]
pub fn Help(
    name: &'static str,
    /// Test id of the field; the line has this and `-help` as id.
    testid: &'static str,
    #[prop(optional, into)] hint: String,
    #[prop(into)] error: Signal<Option<PageError>>,
) -> impl IntoView {
    let wrong = move || error.get().filter(|it| it.is_about(name)).map(|it| it.0.message);
    let hinted = !hint.is_empty();
    view! {
        <p
            class="help"
            id=format!("{testid}-help")
            role="status"
            hidden=move || !hinted && wrong().is_none()
        >
            {dynamic(move || match wrong() {
                Some(message) => {
                    view! {
                        <span class="failure" data-testid=format!("{testid}-error")>
                            {message}
                        </span>
                    }
                        .into_any()
                }
                None => hint.clone().into_any(),
            })}
        </p>
    }
}
