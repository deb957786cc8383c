//! Copy and paste: the browser's own, with text that is right for a terminal.

use leptos::prelude::{GetUntracked, Set};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ClipboardEvent, Element, HtmlDocument, Node};

use crate::{
    browser::{self, Listener, member},
    terminal::{text, widget::Widget},
};

/// How long it is said that a program used the clipboard, in milliseconds.
const SAID_FOR: i32 = 8_000;

impl Widget {
    pub(super) fn listen_to_clipboard(&self) {
        self.keep(Listener::new(
            &self.document(),
            "copy",
            self.weak(|widget, event: ClipboardEvent| widget.copied(&event)),
        ));
        self.keep(Listener::new(
            &self.dom.keyboard,
            "paste",
            self.weak(|widget, event: ClipboardEvent| {
                event.prevent_default();
                let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok());
                widget.paste(&text.unwrap_or_default());
            }),
        ));
    }

    fn paste(&self, text: &str) {
        if text.is_empty() || !self.takes_input() {
            return;
        }
        if !self.state.borrow_mut().outbox.push_paste(text) {
            self.ui.notice.set(Some("This is too much to paste at once.".into()));
        }
        self.send_input();
        self.to_bottom();
    }

    /// Copies the selection through the `copy` event, which works without any permission.
    pub(super) fn copy_selection(&self) {
        if let Some(document) = self.document().dyn_ref::<HtmlDocument>() {
            let _ = document.exec_command("copy");
        }
    }

    fn copied(&self, event: &ClipboardEvent) {
        if let (Some(text), Some(data)) = (self.selected(), event.clipboard_data())
            && data.set_data("text/plain", &text).is_ok()
        {
            event.prevent_default();
        }
    }

    /// The selected text, if the selection is in the terminal.
    fn selected(&self) -> Option<String> {
        let selection = browser::window().get_selection().ok().flatten()?;
        let range = selection.get_range_at(0).ok()?;
        let common = range.common_ancestor_container().ok()?;
        let rows: &Node = &self.dom.rows;
        if selection.is_collapsed()
            || !(rows.contains(Some(&common)) || common.contains(Some(rows)))
        {
            return None;
        }
        let part = range.clone_contents().ok()?;
        let found = part.query_selector_all(".row").ok()?;
        if found.length() == 0 {
            let text = part.text_content().unwrap_or_default();
            return Some(text.trim_end_matches(' ').into());
        }
        let rows: Vec<(String, bool)> = (0..found.length())
            .filter_map(|at| found.item(at)?.dyn_into::<Element>().ok())
            .map(|row| (row.text_content().unwrap_or_default(), row.has_attribute("data-wrapped")))
            .collect();
        Some(text::join(rows.iter().map(|(row, wrapped)| (row.as_str(), *wrapped))))
    }

    /// A program put text on the clipboard (OSC 52). Browsers allow it to pages that are looked at. Whose
    /// clipboard it is is told, since what they paste next is the program's.
    pub(super) fn put_on_clipboard(&self, text: &str) {
        let navigator = browser::window().navigator();
        let notice = self.ui.notice;
        if member(&navigator, "clipboard").is_undefined() {
            notice.set(Some("A program wants to copy, which needs a secure (https) page.".into()));
            return;
        }
        let promise = navigator.clipboard().write_text(text);
        spawn_local(async move {
            let said = match JsFuture::from(promise).await {
                Ok(_) => "A program put text on your clipboard.",
                Err(_) => "A program wants to copy, but the browser did not allow it.",
            };
            notice.try_set(Some(said.into()));
            browser::pause(SAID_FOR).await;
            if notice.try_get_untracked().flatten().as_deref() == Some(said) {
                notice.try_set(None);
            }
        });
    }
}
