//! The command palette: all commands of a page, found by fuzzy search. It follows the combobox pattern of
//! WAI-ARIA. The actions of the commands are callbacks.

pub mod fuzzy;

use leptos::{prelude::*, task::spawn_local};
use protocol::api::{Life, Role, Session};
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use crate::{
    api,
    browser::{self, Listener, lower_case},
    format,
    live::{Live, sign_out},
    ui::{
        button::ready,
        show::{Show, dynamic},
        theme::{self, THEMES},
    },
};

#[derive(Clone)]
pub struct Command {
    pub label: String,
    /// Secondary text, such as a location or a shortcut.
    pub hint: String,
    /// Stable name, for tests and tools.
    pub name: &'static str,
    pub run: Callback<()>,
    /// Listed after all others while nothing is typed.
    pub last: bool,
}

impl Command {
    pub fn new(
        name: &'static str,
        label: impl Into<String>,
        hint: impl Into<String>,
        run: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let run = Callback::new(move |()| run());
        Self { label: label.into(), hint: hint.into(), name, run, last: false }
    }

    /// Lists the command after all others: for commands of single items of a list.
    pub fn last(self) -> Self {
        Self { last: true, ..self }
    }
}

/// Commands of all components of a page.
#[derive(Clone, Copy, Debug)]
pub struct PageCommands(RwSignal<Vec<Signal<Vec<Command>>>>);

impl PageCommands {
    /// Provides the commands to the components of this page.
    pub fn provide() {
        provide_context(Self(RwSignal::new(Vec::new())));
    }

    pub fn of_page() -> Signal<Vec<Command>> {
        let commands = use_context::<Self>();
        Signal::derive(move || {
            let all = commands.map(|commands| commands.0.get()).unwrap_or_default();
            all.into_iter().filter_map(|it| it.try_get()).flatten().collect()
        })
    }
}

/// Adds commands while the calling component is shown.
pub fn offer(commands: impl Fn() -> Vec<Command> + Send + Sync + 'static) {
    let Some(PageCommands(all)) = use_context() else { return };
    let commands = Signal::derive(commands);
    Effect::new(move |_| all.update(|all| all.push(commands)));
    on_cleanup(move || {
        all.try_update(|all| all.retain(|it| *it != commands));
    });
}

const MOST: usize = 60;

/// The palette of a page. Opens with Ctrl+K or ⌘K; in a terminal, which needs Ctrl+K, with Ctrl+Shift+K.
#[component]
pub fn Palette(
    open: RwSignal<bool>,
    /// Role of the member, which decides the pages; fetched from the server if unknown.
    #[prop(into)]
    role: Option<Role>,
    #[prop(into)] own: Signal<Vec<Command>>,
) -> impl IntoView {
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    let field = NodeRef::<leptos::html::Input>::new();
    let typed = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let open_sessions = RwSignal::new(Vec::<Command>::new());
    let role = RwSignal::new(role);
    let live = use_context::<Live>();
    let all = Memo::new_with_compare(
        move |_| {
            if !open.get() {
                return vec![];
            }
            let (last, mut all): (Vec<_>, Vec<_>) = own.get().into_iter().partition(|it| it.last);
            all.extend(open_sessions.get());
            all.extend(pages(role.get(), live));
            all.extend(last);
            all
        },
        |_, _| true,
    );
    let found = Memo::new(move |_| {
        all.with(|all| {
            let lines: Vec<String> =
                all.iter().map(|it| format!("{} {}", it.label, it.hint)).collect();
            let mut found = fuzzy::rank(&typed.get(), lines.iter().map(String::as_str), lower_case);
            found.truncate(MOST);
            found
        })
    });
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                typed.set(String::new());
                at.set(0);
                drop(dialog.show_modal());
                if let Some(field) = field.get_untracked() {
                    field.set_value("");
                    let _ = field.focus();
                }
                spawn_local(async move {
                    if let Some(found) = sessions().await {
                        open_sessions.try_set(found);
                    }
                });
                if role.with_untracked(Option::is_none) {
                    spawn_local(async move {
                        if let Ok(me) = api::me().await {
                            role.try_set(Some(me.role));
                        }
                    });
                }
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let is_shown = move || dialog.get_untracked().is_some_and(|dialog| dialog.open());
    Effect::new(move |_| {
        let listen = Listener::capture(&document(), "keydown", move |event| {
            if is_shortcut(&event) {
                event.prevent_default();
                event.stop_propagation();
                // Not by the signal: the close event may still be queued.
                open.set(!is_shown());
            }
        });
        StoredValue::new_local(listen);
    });
    let run = move |index: usize| {
        let index = found.with_untracked(|found| found.get(index).copied());
        let command = index.and_then(|it| all.with_untracked(|all| all.get(it).cloned()));
        if let Some(command) = command {
            open.set(false);
            // At once: elements behind a modal dialog cannot be focused.
            if let Some(dialog) = dialog.get_untracked() {
                dialog.close();
            }
            command.run.run(());
        }
    };
    let key = move |event: KeyboardEvent| {
        let count = found.with_untracked(Vec::len);
        let now = at.get_untracked();
        let next = match event.key().as_str() {
            "ArrowDown" if count > 0 => (now + 1) % count,
            "ArrowUp" if count > 0 => (now + count - 1) % count,
            "Home" if count > 0 && event.ctrl_key() => 0,
            "End" if count > 0 && event.ctrl_key() => count - 1,
            "PageDown" if count > 0 => (now + 8).min(count - 1),
            "PageUp" => now.saturating_sub(8),
            "Enter" if !event.is_composing() => {
                event.prevent_default();
                return run(now);
            }
            _ => return,
        };
        event.prevent_default();
        at.set(next);
        let id = format!("command-{next}");
        if let Some(line) = document().get_element_by_id(&id) {
            line.scroll_into_view_with_bool(false);
        }
    };
    let line = move |(index, command): (usize, &Command)| {
        view! {
            <li
                id=format!("command-{index}")
                role="option"
                data-testid="command"
                data-word=command.name
                aria-selected=move || (at.get() == index).to_string()
                on:mousemove=move |_| at.set(index)
                on:click=move |_| run(index)
            >
                <span>{command.label.clone()}</span>
                <span class="muted">{command.hint.clone()}</span>
            </li>
        }
        .into_any()
    };
    let lines = move || {
        let all = all.read();
        let found = found.get().into_iter().filter_map(|it| all.get(it));
        found.enumerate().map(line).collect::<Vec<_>>()
    };
    view! {
        <dialog
            node_ref=dialog
            class="command-palette"
            data-testid="palette"
            aria-label="Commands"
            on:close=move |_| open.set(is_shown())
            on:click=move |event| {
                // A click on the backdrop.
                let on = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
                if on.is_some_and(|it| it.tag_name() == "DIALOG") {
                    open.set(false);
                }
            }
        >
            <input
                node_ref=field
                type="text"
                role="combobox"
                data-testid="palette-field"
                aria-label="Command"
                aria-expanded="true"
                aria-controls="commands"
                aria-autocomplete="list"
                aria-activedescendant=move || {
                    found.with(|it| !it.is_empty()).then(|| format!("command-{}", at.get()))
                }
                placeholder="Type a command, session or page"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                on:input:target=move |event| {
                    typed.set(event.target().value());
                    at.set(0);
                }
                on:keydown=key
            />
            <ul id="commands" role="listbox" aria-label="Commands">
                {dynamic(lines)}
            </ul>
            <Show when=move || found.with(Vec::is_empty)>
                <p class="muted" role="status">
                    "No matching commands."
                </p>
            </Show>
        </dialog>
    }
}

#[component]
pub fn PaletteButton(open: RwSignal<bool>, keys: &'static str) -> impl IntoView {
    let label = format!("Command palette ({keys})");
    // The shortcut works from the same moment.
    let ready = ready();
    view! {
        <button
            type="button"
            class="button quiet icon"
            data-testid="open-palette"
            title=label.clone()
            aria-label=label
            disabled=move || !ready.get()
            on:click=move |_| open.set(true)
        >
            <svg viewBox="0 0 20 20" aria-hidden="true">
                <circle cx="8.5" cy="8.5" r="5.25" class="line" />
                <path d="M12.5 12.5l4.5 4.5" class="line" />
            </svg>
        </button>
    }
}

/// Returns true for a key press that opens the palette. In a terminal, Ctrl+K belongs to the shell.
fn is_shortcut(event: &KeyboardEvent) -> bool {
    if event.alt_key() || event.repeat() || !event.key().eq_ignore_ascii_case("k") {
        return false;
    }
    // The page of a terminal has nothing outside it.
    let in_terminal = document().query_selector(".terminal-page").is_ok_and(|it| it.is_some());
    match (event.ctrl_key(), event.meta_key(), event.shift_key()) {
        (true, false, shift) => shift || !in_terminal,
        (false, true, false) => true,
        _ => false,
    }
}

/// Label, path and lowest role of each page.
const PAGES: [(&str, &str, Role); 7] = [
    ("My sessions", "/", Role::Member),
    ("Ended sessions", "/?show=ended", Role::Member),
    ("My profile", "/me", Role::Member),
    ("All sessions", "/all", Role::Staff),
    ("Members", "/members", Role::Superuser),
    ("Workspace settings", "/settings", Role::Superuser),
    ("Audit log", "/audit", Role::Superuser),
];

fn pages(role: Option<Role>, live: Option<Live>) -> Vec<Command> {
    let role = role.unwrap_or(Role::Member);
    let pages = PAGES.into_iter().filter(|(.., needs)| role >= *needs);
    let pages = pages
        .map(|(label, path, _)| Command::new("page", label, "page", move || browser::go(path)));
    let theme = |(name, label)| Command::new("theme", label, "", move || theme::choose(name));
    let leave = move || spawn_local(async move { _ = sign_out(live).await });
    let leave = Command::new("sign-out", "Sign out", "", leave);
    pages.chain(THEMES.map(theme)).chain([leave]).collect()
}

/// Fetches the commands that open the member's sessions.
async fn sessions() -> Option<Vec<Command>> {
    let page = api::sessions(Life::Active, None, None, Some(100)).await.ok()?;
    let command = |it: Session| {
        let (path, location) = (format!("/sessions/{}", it.id), format::location(&it));
        let open = move || browser::go(&path);
        Command::new("session", format!("Open {}", it.name), location, open)
    };
    Some(page.items.into_iter().map(command).collect())
}
