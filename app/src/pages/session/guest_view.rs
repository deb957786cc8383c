//! A guest's terminal page. The owner, the permissions of the guest and the time left are shown above the
//! screen, where no program can write.

use client::{ending, participants::GuestAccess};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use protocol::api::{AttachMode, Joined};

use crate::{
    api, format,
    pages::session::{
        connection::Connection, participants_bar::ParticipantsBar, screen::Screen,
        warnings::ShareWarning,
    },
    terminal::{Attachment, Ui},
    ui::{
        button::Button,
        logo::Logo,
        show::{Show, dynamic},
        theme::ThemeButton,
        time::Now,
    },
};

/// The terminal of a shared session. `left` is called when the guest leaves.
#[component]
pub fn GuestView(joined: Joined, left: Callback<()>) -> impl IntoView {
    let ui = Ui::connecting();
    let (session, guest) = (joined.session.id, joined.guest);
    let name = StoredValue::new(joined.session.name.clone());
    let owner = StoredValue::new(joined.session.owner.clone());
    // The grant of the session is newer than that of the join.
    let first = GuestAccess {
        read_only: joined.read_only,
        owner_away: false,
        ends_at: joined.expires_at.timestamp_millis(),
    };
    let grant = Memo::new(move |before: Option<&GuestAccess>| {
        ui.participants.with(|it| it.access).or(before.copied()).unwrap_or(first)
    });
    let mode = Memo::new(move |_| match grant.get() {
        GuestAccess { read_only: true, .. } => "read-only",
        GuestAccess { owner_away: true, .. } => "owner-away",
        _ if ui.participants.with(|it| it.driving()) == Some(true) => "driving",
        _ => "may-type",
    });
    let mode_words = move || match mode.get() {
        "read-only" => "Read-only".to_owned(),
        "owner-away" => format!("Read-only while {} is away", owner.get_value()),
        "driving" => "You are driving".to_owned(),
        _ => "You can type".to_owned(),
    };
    let now = use_context::<Now>();
    let left_words = move || {
        let now = now?.0.get()?;
        Some(format!("ends {}", format::soon(grant.get().ends_at, now)))
    };
    let over = move || ui.ending.with(Option::is_some);
    let leaving = RwSignal::new(false);
    let leave = move |_| {
        leaving.set(true);
        spawn_local(async move {
            match api::sharing::leave(guest).await {
                Err(why) if ending::is_transient(why.code()) => {
                    leaving.try_set(false);
                    ui.notice.try_set(Some(why.message().to_owned()));
                }
                // A guest who was removed has left as well.
                _ => drop(left.try_run(())),
            }
        });
    };
    // The server renders the title last: after a cancelled request the names are gone.
    let value = |text: StoredValue<String>| text.try_get_value().unwrap_or_default();
    let title = move || format!("{} · {}", value(name), value(owner));
    view! {
        <Title text=title />
        <main class="terminal-page">
            <header class="bar guest-bar">
                <span class="bar-home">
                    <Logo />
                </span>
                <h1 class="bar-name" data-testid="terminal-name">
                    {name.get_value()}
                </h1>
                <span class="bar-title" data-testid="guest-owner">
                    {format!("{}’s session", owner.get_value())}
                </span>
                <Show when=move || !over()>
                    <span
                        class="guest-mode"
                        role="status"
                        data-testid="guest-mode"
                        data-mode=move || mode.get()
                    >
                        {dynamic(mode_words)}
                    </span>
                    <span class="guest-time-left" data-testid="guest-left">
                        {dynamic(left_words)}
                    </span>
                </Show>
                <ParticipantsBar ui owner />
                <Connection ui />
                <ThemeButton />
                <Show when=move || !over()>
                    <Button
                        testid="guest-leave"
                        label="Leave"
                        kind="small"
                        disabled=leaving
                        press=leave
                    />
                </Show>
            </header>
            <Screen
                ui
                attachment=Attachment::Guest(session, guest)
                mode=AttachMode::Drive
                name=Signal::derive(move || name.get_value())
                types=Signal::derive(move || mode.get() != "read-only")
            >
                <ShareWarning ui />
            </Screen>
        </main>
    }
}
