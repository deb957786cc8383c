//! One sentence about an error.

use leptos::prelude::*;

use crate::error::PageError;

/// Shows the error, unless it belongs to one of the `fields`, which show their own.
#[component]
pub fn Failure(
    /// The error, if any.
    #[prop(into)]
    error: Signal<Option<PageError>>,
    /// Test id.
    #[prop(into, default = "error".into())]
    testid: String,
    /// Names of fields that show their own errors.
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
                            <p class="failure" data-testid=testid.clone() data-code=error.0.code>
                                {error.0.message}
                            </p>
                        }
                        .into_any()
                    })
            }}
        </div>
    }
}
