//! The member that this page was rendered for. All tabs of a browser share one sign-in, so each request names the
//! member, and the page stops sending requests once another one is signed in. Runs in the browser only.

pub mod notice;

use std::cell::{Cell, RefCell};

use leptos::prelude::{RwSignal, Set, document};
use protocol::id::MemberId;

use crate::error::PageError;

/// Attribute of the document with the member's id.
const ATTRIBUTE: &str = "data-member";

/// Code of a request that was refused because another member is signed in.
const CHANGED: &str = "identity_changed";

thread_local! {
    /// The refusal, after which the page sends nothing.
    static REFUSAL: RefCell<Option<PageError>> = const { RefCell::new(None) };
    /// Shows the sentence of the refusal.
    static NOTICE: Cell<Option<RwSignal<Option<String>>>> = const { Cell::new(None) };
}

/// Returns the id of the member; none on a page that was rendered without a sign-in.
pub fn member() -> Option<String> {
    document().document_element()?.get_attribute(ATTRIBUTE)
}

/// Sets the member of a page that was rendered without a sign-in and has found one since.
pub fn adopt(me: MemberId) {
    if let Some(document) = document().document_element().filter(|it| !it.has_attribute(ATTRIBUTE))
    {
        let _ = document.set_attribute(ATTRIBUTE, &me.to_string());
    }
}

/// Returns the refusal once another member is signed in.
pub fn check() -> Result<(), PageError> {
    REFUSAL.with_borrow(|refusal| refusal.clone().map_or(Ok(()), Err))
}

/// Stops the page if this error means that another member is signed in.
pub fn observe(error: &PageError) {
    if error.code() == CHANGED {
        REFUSAL.set(Some(error.clone()));
        show();
    }
}

/// Shows the refusal, now or later, in this signal.
pub fn show_in(notice: RwSignal<Option<String>>) {
    NOTICE.set(Some(notice));
    show();
}

fn show() {
    let sentence = check().err().map(|refusal| refusal.message().to_owned());
    if let (Some(notice), Some(sentence)) = (NOTICE.get(), sentence) {
        notice.set(Some(sentence));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_stops_once_another_member_is_signed_in() {
        for code in ["unauthenticated", "forbidden", "guest_mismatch"] {
            observe(&PageError::new(code, "No."));
            assert_eq!(check(), Ok(()), "{code}");
        }
        let changed = PageError::new("identity_changed", "You are signed in as Bob.");
        observe(&changed);
        assert_eq!(check(), Err(changed.clone()));
        observe(&PageError::new("unavailable", "Later."));
        assert_eq!(check(), Err(changed));
    }
}
