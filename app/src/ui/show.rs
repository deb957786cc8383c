//! Shows something while a condition holds: as leptos' own `Show`, but of one type whatever is shown.
//! Each type of view is code of its own in the pages' program.

use std::sync::Arc;

use leptos::{either::Either, prelude::*};

/// Shows its children or the fallback.
#[component(transparent)]
pub fn Show<When>(
    /// Whether the children are shown.
    when: When,
    /// What is shown instead; nothing when it is left out.
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
