//! A labelled choice of one among a few.

use leptos::prelude::*;

/// A choice; values are numbered in the page, so that they need no names there.
#[component]
pub fn Choice<T>(
    /// What it is, for people.
    label: &'static str,
    /// Test id.
    testid: &'static str,
    /// Values, each with its words.
    options: &'static [(T, &'static str)],
    /// What is chosen.
    value: RwSignal<T>,
    /// What to know before choosing.
    #[prop(into, optional)]
    hint: Signal<&'static str>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let option = move |(number, (it, words)): (usize, &'static (T, &'static str))| {
        view! {
            <option
                value=number.to_string()
                selected=value.get_untracked() == *it
                prop:selected=move || value.get() == *it
            >
                {*words}
            </option>
        }
        .into_any()
    };
    let pick = move |chosen: String| {
        let chosen = chosen.parse::<usize>().ok().and_then(|number| options.get(number));
        if let Some((chosen, _)) = chosen {
            value.set(*chosen);
        }
    };
    let help = format!("{testid}-help");
    view! {
        <label>
            {label}
            <select
                data-testid=testid
                aria-describedby=help.clone()
                on:change:target=move |event| pick(event.target().value())
            >
                {options.iter().enumerate().map(option).collect::<Vec<_>>()}
            </select>
        </label>
        <p class="help" id=help hidden=move || hint.with(|it| it.is_empty())>
            {hint}
        </p>
    }
}
