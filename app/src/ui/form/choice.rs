//! A labelled select element.

use leptos::{prelude::*, text_prop::TextProp};

use crate::ui::show::dynamic;

/// A select element; options are identified by their index.
#[component]
pub fn Choice<T>(
    label: &'static str,
    testid: &'static str,
    options: &'static [(T, &'static str)],
    value: RwSignal<T>,
    #[prop(into, optional)] hint: TextProp,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let at = move |value: T| options.iter().position(|(it, _)| *it == value).unwrap_or_default();
    let labels = options.iter().map(|(_, label)| *label).collect();
    let pick = Callback::new(move |number: usize| {
        if let Some((chosen, _)) = options.get(number) {
            value.set(*chosen);
        }
    });
    select(label, testid, labels, Signal::derive(move || at(value.get())), pick, hint)
}

fn select(
    label: &'static str,
    testid: &'static str,
    labels: Vec<&'static str>,
    chosen: Signal<usize>,
    pick: Callback<usize>,
    hint: TextProp,
) -> AnyView {
    let option = |(number, label): (usize, &'static str)| {
        view! {
            <option
                value=number.to_string()
                selected=chosen.get_untracked() == number
                prop:selected=move || chosen.get() == number
            >
                {label}
            </option>
        }
        .into_any()
    };
    let help = format!("{testid}-help");
    let text = hint.clone();
    view! {
        <label>
            {label}
            <select
                data-testid=testid
                aria-describedby=help.clone()
                on:change:target=move |event| {
                    if let Ok(number) = event.target().value().parse() {
                        pick.run(number);
                    }
                }
            >
                {labels.into_iter().enumerate().map(option).collect::<Vec<_>>()}
            </select>
        </label>
        <p class="help" id=help hidden=move || hint.get().is_empty()>
            {dynamic(move || text.get())}
        </p>
    }
    .into_any()
}
