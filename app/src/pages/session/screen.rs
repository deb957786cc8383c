//! The screen and the key bar below it, for members and guests: rendered by the server, then driven by the
//! widget.

use leptos::{html, prelude::*};
use protocol::api::AttachMode;

use crate::{
    pages::session::{end_page::EndPage, key_bar::KeyBar},
    terminal::{
        Attachment, Dom, Ui,
        view::{RULER, Widget},
    },
    ui::{
        button::Button,
        show::{Show, dynamic},
    },
};

/// A terminal's page below its bar.
#[component]
pub fn Screen(
    ui: Ui,
    attachment: Attachment,
    mode: AttachMode,
    #[prop(into)] name: Signal<String>,
    /// True while the client may type.
    #[prop(into)]
    types: Signal<bool>,
    /// Warnings above the screen.
    children: Children,
) -> impl IntoView {
    let root = NodeRef::<html::Div>::new();
    let scroller = NodeRef::<html::Div>::new();
    let area = NodeRef::<html::Div>::new();
    let rows = NodeRef::<html::Div>::new();
    let cursor = NodeRef::<html::Div>::new();
    let preedit = NodeRef::<html::Div>::new();
    let keyboard = NodeRef::<html::Textarea>::new();
    let ruler = NodeRef::<html::Span>::new();
    // The effect owns the widget.
    Effect::new(move |before: Option<Option<Widget>>| {
        let action = ui.baton.get();
        if let Some(Some(widget)) = before {
            if let Some(action) = action {
                widget.terminal.baton(action);
            }
            return Some(widget);
        }
        let dom = Dom {
            root: root.get()?.into(),
            scroller: scroller.get()?.into(),
            area: area.get()?.into(),
            rows: rows.get()?.into(),
            cursor: cursor.get()?.into(),
            preedit: preedit.get()?.into(),
            keyboard: keyboard.get()?,
            ruler: ruler.get()?.into(),
        };
        let attachment = attachment.clone();
        Some(untrack(|| Widget::start(dom, ui, attachment, mode)))
    });
    view! {
        <div
            node_ref=root
            class="terminal"
            data-testid="terminal"
            role="region"
            aria-label=move || format!("Terminal of {}", name.get())
            data-bell=move || ui.bell.get().to_string()
            data-dimmed=move || ui.ending.with(Option::is_some).to_string()
        >
            <div node_ref=scroller class="scroller">
                <div node_ref=area class="area">
                    <div node_ref=rows class="rows" role="log" aria-live="off"></div>
                    <div node_ref=cursor class="cursor hidden" aria-hidden="true"></div>
                    <div node_ref=preedit class="preedit" data-testid="preedit"></div>
                    <textarea
                        node_ref=keyboard
                        class="keyboard"
                        data-testid="terminal-input"
                        aria-label="Terminal input"
                        autocapitalize="none"
                        autocomplete="off"
                        spellcheck="false"
                        rows="1"
                    ></textarea>
                    <span node_ref=ruler class="ruler" aria-hidden="true">
                        {RULER}
                    </span>
                </div>
            </div>
            <Show when=move || ui.below.get()>
                <Button
                    testid="new-output"
                    label="New output below ↓"
                    kind="new-output"
                    command="bottom"
                />
            </Show>
            {children()}
            {dynamic(move || {
                ui.ending.get().map(|ending| {
                    view! {
                        <div class="ended-overlay">
                            <EndPage ending />
                        </div>
                    }
                    .into_any()
                })
            })}
        </div>
        <Show when=move || types.get()>
            <KeyBar held=ui.held />
        </Show>
    }
}
