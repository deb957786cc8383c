//! A point in time, relative to now and kept up to date, with the full time as tooltip.

use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;

use crate::{browser, format, ui::show::dynamic};

/// The current Unix time in milliseconds, updated every few seconds; none while the server renders.
#[derive(Clone, Copy)]
pub struct Now(pub RwSignal<Option<i64>>);

/// Provides [`Now`] to all components inside.
pub fn provide_now() {
    let now = RwSignal::new(None);
    provide_context(Now(now));
    Effect::new(move |_| {
        now.set(Some(browser::unix_millis()));
        let tick = move || now.set(Some(browser::unix_millis()));
        if let Ok(handle) = set_interval_with_handle(tick, std::time::Duration::from_secs(10)) {
            on_cleanup(move || handle.clear());
        }
    });
}

/// `3 min ago`.
#[component]
pub fn Ago(#[prop(into)] time: Signal<DateTime<Utc>>) -> impl IntoView {
    view! { <Relative time text=format::ago /> }
}

/// `in 3 days`.
#[component]
pub fn Ahead(#[prop(into)] time: Signal<DateTime<Utc>>) -> impl IntoView {
    view! { <Relative time text=format::ahead /> }
}

#[component]
fn Relative(time: Signal<DateTime<Utc>>, text: fn(DateTime<Utc>, i64) -> String) -> impl IntoView {
    let now = use_context::<Now>();
    let shown = move || match now.and_then(|now| now.0.get()) {
        Some(now) => text(time.get(), now),
        None => format::at(time.get()),
    };
    view! {
        <time
            datetime=move || time.get().to_rfc3339_opts(SecondsFormat::Millis, true)
            title=move || format::at(time.get())
        >
            {dynamic(shown)}
        </time>
    }
}
