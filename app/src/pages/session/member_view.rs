//! A member's terminal page: the bar, the screen and the dialogs.

use client::Ending;
use leptos::prelude::*;
use leptos_meta::Title;
use protocol::api::{AttachMode, Session};

use crate::{
    pages::session::{
        commands::terminal_commands,
        connection::Connection,
        end_page::EndPage,
        participants_bar::ParticipantsBar,
        screen::Screen,
        warnings::{ExpiryWarning, PasswordWarning, ShareWarning},
    },
    palette::{Palette, PaletteButton},
    sessions::dialogs::{SessionDialogs, Subjects},
    sharing::share_button::ShareButton,
    terminal::{Attachment, Ui},
    ui::{
        logo::Logo,
        show::{Show, dynamic},
        theme::ThemeButton,
    },
};

/// A session's terminal. With `watch` it does not drive.
#[component]
pub fn TerminalView(session: Session, watch: bool) -> impl IntoView {
    let ui = Ui::connecting();
    ui.wrong_passwords.set(session.wrong_passwords);
    let palette = RwSignal::new(false);
    let dialogs = Subjects::default();
    let mode = if watch { AttachMode::Watch } else { AttachMode::Drive };
    let name = RwSignal::new(session.name.clone());
    let owner = StoredValue::new(session.owner.clone());
    let shared = StoredValue::new(session.clone());
    let share = Callback::new(move |()| {
        dialogs.sharing.set(Some(Session { name: name.get_untracked(), ..shared.get_value() }));
    });
    let commands = terminal_commands(ui, session.clone(), name, dialogs, share);
    let guests = Memo::new(move |_| ui.participants.with(|it| it.guests()));
    // Superusers who watch cannot share, and ended sessions cannot be shared.
    let shares =
        move || ui.ending.with(Option::is_none) && ui.participants.with(|it| !it.overseeing());
    // After a sign-out nothing of the terminal stays visible.
    let signed_out = Memo::new(move |_| ui.ending.get() == Some(Ending::SignedOut));
    let tab = Signal::derive(move || {
        let title = if signed_out.get() { String::new() } else { ui.title.get() };
        let name = name.get();
        let bell = if ui.bell.get() { "● " } else { "" };
        if title.is_empty() {
            format!("{bell}{name} · websh")
        } else {
            format!("{bell}{title} · {name}")
        }
    });
    let attachment = Attachment::Member(Box::new(session));
    // The server renders the title last: after a cancelled request the signal is gone.
    let tab = move || tab.try_get().unwrap_or_default();
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
                    <h1 class="bar-name" data-testid="terminal-name">
                        {dynamic(move || name.get())}
                    </h1>
                    <span class="bar-title" data-testid="terminal-title">
                        {dynamic(move || ui.title.get())}
                    </span>
                    <ParticipantsBar ui owner />
                    <Connection ui />
                    <Show when=shares>
                        <ShareButton name guests share quiet=true />
                    </Show>
                    <PaletteButton open=palette keys="Ctrl+Shift+K or ⌘K" />
                    <ThemeButton />
                </header>
                <Screen ui attachment=attachment.clone() mode name types=true>
                    <ExpiryWarning ui />
                    <ShareWarning ui share />
                    <PasswordWarning ui share />
                </Screen>
            </main>
            <Palette open=palette role=None own=commands />
            <SessionDialogs dialogs closed=|()| {} renamed=move |now: Session| name.set(now.name) />
        </Show>
    }
}
