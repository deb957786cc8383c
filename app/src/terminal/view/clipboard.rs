//! Copy and paste: the browser's own, with text that fits a terminal.

use std::rc::Rc;

use leptos::prelude::{GetUntracked, RwSignal, Set};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ClipboardEvent, Element, HtmlDocument, Node};

use super::terminal::Terminal;
use crate::{
    browser::{self, Listener, member},
    terminal::model::text,
};

/// Duration of the notice that a program used the clipboard, in milliseconds.
const NOTICE_DURATION: i32 = 8_000;

/// Returns the listeners for copy and paste, active until they are dropped.
pub fn listen(terminal: &Rc<Terminal>) -> [Listener; 2] {
    let rows = terminal.dom.rows.clone();
    let copy = move |event: ClipboardEvent| {
        if let (Some(text), Some(data)) = (selected(&rows), event.clipboard_data())
            && data.set_data("text/plain", &text).is_ok()
        {
            event.prevent_default();
        }
    };
    let target = Rc::clone(terminal);
    let paste = move |event: ClipboardEvent| {
        event.prevent_default();
        let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok());
        target.paste(&text.unwrap_or_default());
    };
    [
        Listener::new(&browser::document(), "copy", copy),
        Listener::new(&terminal.dom.keyboard, "paste", paste),
    ]
}

/// Copies the selection by a `copy` event, which needs no permission.
pub fn copy_selection() {
    if let Some(document) = browser::document().dyn_ref::<HtmlDocument>() {
        let _ = document.exec_command("copy");
    }
}

/// Returns the selected text, if the selection is in the terminal.
fn selected(rows: &Element) -> Option<String> {
    let selection = browser::window().get_selection().ok().flatten()?;
    let range = selection.get_range_at(0).ok()?;
    let common = range.common_ancestor_container().ok()?;
    let rows: &Node = rows;
    if selection.is_collapsed() || !(rows.contains(Some(&common)) || common.contains(Some(rows))) {
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

/// Writes the text of a program (OSC 52) to the clipboard, and shows that it did: the next paste is the
/// program's text. Browsers allow this for visible pages only.
pub fn write(notice: RwSignal<Option<String>>, text: &str) {
    let navigator = browser::window().navigator();
    if member(&navigator, "clipboard").is_undefined() {
        notice.set(Some("A program tried to copy text. Copying requires HTTPS.".into()));
        return;
    }
    let promise = navigator.clipboard().write_text(text);
    spawn_local(async move {
        let sentence = match JsFuture::from(promise).await {
            Ok(_) => "A program copied text to your clipboard.",
            Err(_) => "A program tried to copy text, but the browser blocked it.",
        };
        notice.try_set(Some(sentence.into()));
        browser::pause(NOTICE_DURATION).await;
        if notice.try_get_untracked().flatten().as_deref() == Some(sentence) {
            notice.try_set(None);
        }
    });
}
