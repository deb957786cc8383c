//! Conditional views: as `Show` of leptos, but of one type for all children, because each type of view is
//! compiled to code of its own.

use std::sync::Arc;

use leptos::{either::Either, prelude::*};

/// Shows the children or the fallback.
#[component(transparent)]
pub fn Show<When>(
    when: When,
    /// Shown otherwise; nothing by default.
    #[prop(optional, into)]
    fallback: ViewFn,
    children: ChildrenFn,
) -> impl IntoView
where
    When: Fn() -> bool + Send + Sync + 'static,
{
    either(Arc::new(when), fallback, children)
}

fn either(
    when: Arc<dyn Fn() -> bool + Send + Sync>,
    fallback: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    let shown = ArcMemo::new(move |_| when());
    move || {
        if shown.get() { Either::Left(children()) } else { Either::Right(fallback.run()) }
    }
}
