//! A labelled select element.

use leptos::prelude::*;

/// A select element; options are identified by their index.
#[component]
pub fn Choice<T>(
    /// Label.
    label: &'static str,
    /// Test id.
    testid: &'static str,
    /// Values and labels.
    options: &'static [(T, &'static str)],
    /// Selected value.
    value: RwSignal<T>,
    /// Hint below the field.
    #[prop(into, optional)]
    hint: Signal<&'static str>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let option = move |(number, (it, label)): (usize, &'static (T, &'static str))| {
        view! {
            <option
                value=number.to_string()
                selected=value.get_untracked() == *it
                prop:selected=move || value.get() == *it
            >
                {*label}
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
