//! The lists of sessions a member can see. One that they may not see is not there at all.

use leptos::prelude::*;
use protocol::api::Role;

/// A list of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Mine that run.
    Running,
    /// Mine that have ended.
    Ended,
    /// Everybody's.
    All,
}

/// Links to the lists.
#[component]
pub fn Tabs(
    /// What the member may do.
    role: Role,
    /// The list that is shown.
    #[prop(into)]
    shown: Signal<List>,
) -> impl IntoView {
    let current = move |list: List| (shown.get() == list).then_some("page");
    view! {
        <nav class="tabs" aria-label="Which sessions">
            <a href="/" data-testid="show-active" aria-current=move || current(List::Running)>
                "Running"
            </a>
            <a
                href="/?show=ended"
                data-testid="show-ended"
                aria-current=move || current(List::Ended)
            >
                "Ended"
            </a>
            {(role >= Role::Staff)
                .then(|| {
                    view! {
                        <a href="/all" data-testid="show-all" aria-current=move || current(List::All)>
                            "All sessions"
                        </a>
                    }
                    .into_any()
                })}
        </nav>
    }
}
