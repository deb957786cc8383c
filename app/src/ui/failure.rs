//! One sentence about an error.

use leptos::prelude::*;

use crate::{error::PageError, ui::show::dynamic};

/// Shows the error, unless it belongs to one of the `fields`, which show their own.
#[component]
pub fn Failure(
    #[prop(into)] error: Signal<Option<PageError>>,
    #[prop(into, default = "error".into())] testid: String,
    #[prop(default = &[])] fields: &'static [&'static str],
) -> impl IntoView {
    let shown = move || {
        let error = error.get().filter(|it| !fields.iter().any(|field| it.is_about(field)))?;
        let (testid, code) = (testid.clone(), error.0.code);
        let line = view! {
            <p class="failure" data-testid=testid data-code=code>
                {error.0.message}
            </p>
        };
        Some(line.into_any())
    };
    view! {
        <div role="alert" class="contents">
            {dynamic(shown)}
        </div>
    }
}
