//! One sentence about what went wrong.

use leptos::prelude::*;

use crate::error::PageError;

/// Shows the error, unless a field of its own shows it.
#[component]
pub fn Failure(
    /// What went wrong, if anything did.
    #[prop(into)]
    error: Signal<Option<PageError>>,
    /// Test id.
    #[prop(default = "error")]
    testid: &'static str,
    /// Fields that show their errors themselves.
    #[prop(default = &[])]
    fields: &'static [&'static str],
) -> impl IntoView {
    let shown = move || {
        error
            .get()
            .filter(|error| !error.0.field.as_deref().is_some_and(|field| fields.contains(&field)))
    };
    view! {
        <div role="alert" class="contents">
            {move || {
                shown()
                    .map(|error| {
                        view! {
                            <p class="failure" data-testid=testid data-code=error.0.code>
                                {error.0.message}
                            </p>
                        }
                        .into_any()
                    })
            }}
        </div>
    }
}
