//! Views that follow signals. They are like `Show` and the closures of leptos, but have one type for all
//! children: each type of view compiles to about 3 KB of its own.

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

/// A view that is evaluated again when a signal it reads changes. A plain closure is enough in chunks that few
/// pages load.
pub fn dynamic<V: IntoAny>(
    view: impl Fn() -> V + Send + 'static,
) -> Box<dyn FnMut() -> AnyView + Send> {
    Box::new(move || view().into_any())
}
