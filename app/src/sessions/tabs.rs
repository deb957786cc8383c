//! Links to the lists of sessions that a member may see.

use leptos::prelude::*;
use protocol::api::Role;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Running,
    Ended,
    All,
}

#[component]
pub fn Tabs(role: Role, #[prop(into)] shown: Signal<Shown>) -> impl IntoView {
    let link = |(list, path, testid, label): (Shown, &'static str, &'static str, &'static str)| {
        let current = move || (shown.get() == list).then_some("page");
        view! {
            <a href=path data-testid=testid aria-current=current>
                {label}
            </a>
        }
        .into_any()
    };
    let own = [
        (Shown::Running, "/", "show-active", "Running"),
        (Shown::Ended, "/?show=ended", "show-ended", "Ended"),
    ];
    let all = (role >= Role::Staff).then_some((Shown::All, "/all", "show-all", "All sessions"));
    view! {
        <nav class="tabs" aria-label="Lists of sessions">
            {own.into_iter().chain(all).map(link).collect::<Vec<_>>()}
        </nav>
    }
}
