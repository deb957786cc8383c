//! A labelled text field with its hint and its own error, and that line for other kinds of fields.

use leptos::prelude::*;

use crate::error::PageError;

/// A field; the error shows here when it names this field.
#[component]
pub fn Field(
    /// What it is, for people.
    #[prop(into)]
    label: Signal<String>,
    /// Name of the field in errors.
    name: &'static str,
    /// Type of the input.
    kind: &'static str,
    /// What a browser may fill in.
    autocomplete: &'static str,
    /// Test id; the error's is this and `-error`.
    testid: &'static str,
    /// What to know before typing.
    #[prop(optional)]
    hint: &'static str,
    /// The text.
    value: RwSignal<String>,
    /// The error of the form.
    #[prop(into)]
    error: Signal<Option<PageError>>,
    /// What it is counted in.
    #[prop(optional)]
    unit: &'static str,
    /// What it says while it is empty.
    #[prop(optional)]
    placeholder: &'static str,
    /// Whether typing starts here.
    #[prop(optional)]
    autofocus: bool,
    /// Most characters that it takes: more than any that are allowed, so that too many are told of.
    #[prop(default = "128")]
    most: &'static str,
) -> impl IntoView {
    let input = NodeRef::<leptos::html::Input>::new();
    let wrong = move || error.with(|it| it.as_ref().is_some_and(|it| it.is_about(name)));
    // What was typed before the page was ready counts; what is set later is shown.
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
            <span>{move || label.get()}</span>
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

/// What to know of a field; what is wrong with it, when the error names it.
#[component]
pub fn Help(
    /// Name of the field in errors.
    name: &'static str,
    /// Test id of the field; the line's id is this and `-help`.
    testid: &'static str,
    /// What to know.
    #[prop(optional)]
    hint: &'static str,
    /// The error of the form.
    #[prop(into)]
    error: Signal<Option<PageError>>,
) -> impl IntoView {
    let wrong = move || error.get().filter(|it| it.is_about(name)).map(|it| it.0.message);
    view! {
        <p
            class="help"
            id=format!("{testid}-help")
            role="status"
            hidden=move || hint.is_empty() && wrong().is_none()
        >
            {move || match wrong() {
                Some(message) => {
                    view! {
                        <span class="failure" data-testid=format!("{testid}-error")>
                            {message}
                        </span>
                    }
                        .into_any()
                }
                None => hint.into_any(),
            }}
        </p>
    }
}
