//! The page around the terminal: what the server renders and the widget then takes over.

use leptos::{html, prelude::*};
use leptos_meta::Title;
use protocol::api::{AttachMode, Session};

use crate::{
    components::{
        close_session::CloseSession,
        connection::Connection,
        crew_bar::CrewBar,
        end_page::EndPage,
        expiry::ExpiryWarning,
        key_bar::KeyBar,
        logo::Logo,
        palette::{Palette, PaletteButton},
        rename_session::RenameSession,
        terminal_commands::terminal_commands,
        theme::ThemeButton,
    },
    terminal::{
        Ending,
        metrics::RULER,
        parts::{Dom, Ui},
        widget::Widget,
    },
};

/// A session's terminal.
#[component]
pub fn TerminalView(
    /// The session.
    session: Session,
    /// Only look.
    watch: bool,
) -> impl IntoView {
    let ui = Ui::default();
    let palette = RwSignal::new(false);
    let renaming = RwSignal::new(None::<Session>);
    let closing = RwSignal::new(None::<Session>);
    let mode = if watch { AttachMode::Watch } else { AttachMode::Drive };
    let commands = terminal_commands(ui, session.clone(), renaming, closing);
    let root = NodeRef::<html::Div>::new();
    let scroller = NodeRef::<html::Div>::new();
    let area = NodeRef::<html::Div>::new();
    let rows = NodeRef::<html::Div>::new();
    let cursor = NodeRef::<html::Div>::new();
    let preedit = NodeRef::<html::Div>::new();
    let keyboard = NodeRef::<html::Textarea>::new();
    let ruler = NodeRef::<html::Span>::new();
    let name = RwSignal::new(session.name.clone());
    let owner = StoredValue::new(session.owner.clone());
    // Nothing of the terminal stays with somebody who was signed out.
    let signed_out = Memo::new(move |_| ui.ending.get() == Some(Ending::SignedOut));
    let tab = {
        Signal::derive(move || {
            let title = if signed_out.get() { String::new() } else { ui.title.get() };
            let name = name.get();
            let bell = if ui.bell.get() { "● " } else { "" };
            if title.is_empty() {
                format!("{bell}{name} · websh")
            } else {
                format!("{bell}{title} · {name}")
            }
        })
    };
    // The widget lives in the effect and goes with it.
    Effect::new(move |before: Option<Option<std::rc::Rc<Widget>>>| {
        let wish = ui.wish.get();
        if let Some(Some(widget)) = before {
            if let Some(made) = wish {
                widget.make(made);
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
        let session = session.clone();
        Some(untrack(|| Widget::start(dom, ui, session, mode)))
    });
    view! {
        <Title text=tab />
        <Show
            when=move || !signed_out.get()
            fallback=|| {
                view! {
                    <main class="plain-page">
                        <EndPage ending=Ending::SignedOut />
                    </main>
                }
            }
        >
        <main class="terminal-page">
            <header class="bar">
                <a class="bar-home" href="/" aria-label="My sessions" data-testid="all-sessions">
                    <Logo />
                </a>
                <span class="bar-name" data-testid="terminal-name">
                    {move || name.get()}
                </span>
                <span class="bar-title" data-testid="terminal-title">
                    {move || ui.title.get()}
                </span>
                <CrewBar ui owner />
                <Connection ui />
                <PaletteButton open=palette keys="Ctrl+Shift+K or ⌘K" />
                <ThemeButton />
            </header>
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
                    <button
                        type="button"
                        class="button new-output"
                        data-testid="new-output"
                        data-command="bottom"
                    >
                        "New output below ↓"
                    </button>
                </Show>
                <ExpiryWarning ui />
                {move || {
                    ui.ending.get().map(|ending| {
                        view! {
                            <div class="over">
                                <EndPage ending />
                            </div>
                        }
                    })
                }}
            </div>
            <KeyBar held=ui.held />
        </main>
        <Palette open=palette role=None own=commands />
        <RenameSession renaming renamed=name />
        <CloseSession closing refresh=Callback::new(|()| ()) />
        </Show>
    }
}
