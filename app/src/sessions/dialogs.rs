//! The dialogs about a running session: closing, renaming and sharing it. They are loaded when one of them is
//! first opened.

use futures_util::FutureExt;
use leptos::prelude::*;
use protocol::api::Session;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    sessions::{close::Closing, rename::RenameSession},
    sharing::ShareSession,
    ui::dialog::{confirm::Confirm, lazy::LazyDialog},
};

/// The subjects of the dialogs: setting one opens its dialog.
#[derive(Clone, Copy)]
pub struct Subjects {
    /// Sessions to close.
    pub closing: RwSignal<Option<Closing>>,
    /// Session whose name or attach policy changes.
    pub renaming: RwSignal<Option<Session>>,
    /// Session to share.
    pub sharing: RwSignal<Option<Session>>,
}

impl Default for Subjects {
    fn default() -> Self {
        Self {
            closing: RwSignal::new(None),
            renaming: RwSignal::new(None),
            sharing: RwSignal::new(None),
        }
    }
}

/// The dialogs.
#[component]
pub fn SessionDialogs(
    of: Subjects,
    /// Called after sessions were closed, or could not be.
    #[prop(into)]
    closed: Callback<()>,
    /// Called with a session that was renamed.
    #[prop(into)]
    renamed: Callback<Session>,
) -> impl IntoView {
    let Subjects { closing, renaming, sharing } = of;
    let open = Memo::new(move |_| {
        let subjects = [renaming, sharing].iter().any(|it| it.with(Option::is_some));
        closing.with(Option::is_some) || subjects
    });
    let reset = move |()| {
        closing.set(None);
        renaming.set(None);
        sharing.set(None);
    };
    let load = Callback::new(move |()| dialogs(of, closed, renamed).boxed_local());
    view! { <LazyDialog open failed_to_load=reset load /> }
}

#[wasm_split(rest, fallible)]
fn dialogs(
    of: Subjects,
    closed: Callback<()>,
    renamed: Callback<Session>,
) -> Result<AnyView, SplitLoaderError> {
    let asked = RwSignal::new(None);
    Effect::new(move |_| {
        if let Some(closing) = of.closing.get() {
            asked.set(Some(closing.question()));
            of.closing.set(None);
        }
    });
    let dialogs = view! {
        <Confirm asked done=closed />
        <RenameSession renaming=of.renaming renamed />
        <ShareSession sharing=of.sharing />
    };
    Ok(dialogs.into_any())
}
