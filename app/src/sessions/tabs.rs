//! Links to the lists of sessions that a member may see.

use leptos::prelude::*;
use protocol::api::Role;

/// A list of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The member's running sessions.
    Running,
    /// The member's ended sessions.
    Ended,
    /// The sessions of all members.
    All,
}

/// Links to the lists.
#[component]
pub fn Tabs(
    /// Role of the member.
    role: Role,
    /// The current list.
    #[prop(into)]
    shown: Signal<Shown>,
) -> impl IntoView {
    let current = move |list: Shown| (shown.get() == list).then_some("page");
    view! {
        <nav class="tabs" aria-label="Lists of sessions">
            <a href="/" data-testid="show-active" aria-current=move || current(Shown::Running)>
                "Running"
            </a>
            <a
                href="/?show=ended"
                data-testid="show-ended"
                aria-current=move || current(Shown::Ended)
            >
                "Ended"
            </a>
            {(role >= Role::Staff)
                .then(|| {
                    view! {
                        <a href="/all" data-testid="show-all" aria-current=move || current(Shown::All)>
                            "All sessions"
                        </a>
                    }
                    .into_any()
                })}
        </nav>
    }
}
