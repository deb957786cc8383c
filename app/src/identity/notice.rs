//! The notice that another member is signed in, in front of a page that was rendered for someone else.

use leptos::prelude::*;

use super::show_in;
use crate::ui::{button::Button, dialog::Dialog, show::dynamic};

/// A dialog that cannot be dismissed: the page behind it no longer sends requests.
#[component]
pub fn IdentityNotice() -> impl IntoView {
    let changed = RwSignal::new(None::<String>);
    let open = RwSignal::new(true);
    Effect::new(move |_| show_in(changed));
    let notice = move |sentence: String| {
        view! {
            <Dialog
                open
                title="Signed in as another member"
                testid="identity-changed"
                stay=|()| true
            >
                <p>{sentence}</p>
                <div class="dialog-actions">
                    <Button
                        testid="identity-reload"
                        label="Reload"
                        kind="primary"
                        press=|()| drop(window().location().reload())
                    />
                </div>
            </Dialog>
        }
        .into_any()
    };
    dynamic(move || changed.get().map(notice))
}
