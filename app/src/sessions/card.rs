//! The card of a running session. It is updated in place when the session changes.

use client::participants::hue;
use leptos::{prelude::*, task::spawn_local};
use protocol::api::{AttachPolicy, Doing, Present, Session, SessionState};

use crate::{
    api::rest,
    browser, format,
    sessions::{dialogs::Subjects, thumbnail::Thumbnail},
    sharing::share_button::ShareButton,
    terminal::driven_marker,
    ui::{
        button::Button,
        list::Selection,
        show::{Show, dynamic},
        time::{Ago, Now},
    },
};

/// Time before expiry from which a card warns, in milliseconds: the same as the first warning of the terminal.
const SOON: i64 = 5 * 60 * 1000;

/// Thumbnail, name, state and facts of a session, and buttons to connect, keep, share, rename and close.
#[component]
pub fn SessionCard(
    session: Memo<Session>,
    selection: Selection,
    dialogs: Subjects,
) -> impl IntoView {
    let id = session.with_untracked(|it| it.id);
    let fact = move |read: fn(&Session) -> String| Memo::new(move |_| session.with(read));
    let name = fact(|it| it.name.clone());
    let title = fact(|it| format::join([it.foreground.as_deref().unwrap_or_default(), &it.title]));
    let size = fact(|it| format!("{}×{}", it.cols, it.rows));
    let held = fact(|it| format::bytes(it.bytes_buffered));
    let location = fact(format::location);
    let last_seen = Memo::new(move |_| session.with(|it| it.last_seen));
    let policy = fact(|it| {
        let policy = match it.attach_policy {
            AttachPolicy::Handoff => "",
            AttachPolicy::Single => "one client",
            AttachPolicy::Multi => "several clients",
        };
        policy.into()
    });
    let state = state(session);
    let state_text = move || {
        session.with(|session| match (guest_driver(session), state.get(), &session.active_client) {
            (Some(guest), ..) => format!("{guest} drives"),
            (_, "here", _) => "open in this browser".to_owned(),
            (_, "elsewhere", Some(at)) => format!("open: {}, {}", at.who, at.device),
            (_, "starting", _) => "starting".to_owned(),
            _ => "running, detached".to_owned(),
        })
    };
    let guests = Memo::new(move |_| session.with(|it| it.guests as usize));
    let wrong = Memo::new(move |_| format::wrong_passwords(session.with(|it| it.wrong_passwords)));
    let share = move |()| dialogs.sharing.set(Some(session.get_untracked()));
    let rename = move |_| dialogs.renaming.set(Some(session.get_untracked()));
    let rename_label = move || format!("Rename {}", name.get());
    let close = move |()| dialogs.close(session.get_untracked());
    view! {
        <li
            class="card"
            data-testid="session-card"
            data-session=id.to_string()
            data-state=move || state.get()
        >
            <div class="card-head">
                <input
                    type="checkbox"
                    data-testid="session-tick"
                    aria-label=move || format!("Select {}", name.get())
                    prop:checked=move || selection.contains(id.0)
                    on:change:target=move |event| selection.set(id.0, event.target().checked())
                />
                <h2 class="card-name" data-testid="session-name">
                    {name}
                </h2>
                <span class="badge" data-testid="session-state">
                    {dynamic(state_text)}
                </span>
            </div>
            <Thumbnail id />
            <p
                class="card-title"
                data-testid="session-title"
                hidden=move || title.with(String::is_empty)
            >
                {title}
            </p>
            <dl class="facts">
                <div>
                    <dt>"Account"</dt>
                    <dd data-testid="session-place">{location}</dd>
                </div>
                <div>
                    <dt>"Last used"</dt>
                    <dd data-testid="session-seen">
                        <Ago time=last_seen />
                    </dd>
                </div>
                <div>
                    <dt>"Screen"</dt>
                    <dd data-testid="session-size">{size} ", " {held} " buffered"</dd>
                </div>
                <div hidden=move || policy.with(String::is_empty)>
                    <dt>"Access"</dt>
                    <dd data-testid="session-policy">{policy}</dd>
                </div>
            </dl>
            <CardParticipants session />
            <Show when=move || wrong.with(Option::is_some)>
                <p class="card-expiry" data-testid="session-wrong-passwords">
                    <span>{dynamic(move || wrong.get())}</span>
                    <Button testid="session-shares" label="Shares…" kind="small" press=share />
                </p>
            </Show>
            <Expiry session />
            <div class="card-actions">
                <a
                    class="button primary"
                    data-testid="session-connect"
                    href=format!("/sessions/{id}")
                    target="_blank"
                    aria-label=move || format!("Connect to {}", name.get())
                >
                    "Connect"
                </a>
                <ShareButton name guests share />
                <button
                    type="button"
                    class="button icon"
                    data-testid="session-rename"
                    title=rename_label
                    aria-label=rename_label
                    on:click=rename
                >
                    <svg viewBox="0 0 20 20" aria-hidden="true">
                        <path class="line" d="M4 16l.75-3.25L13.5 4 16 6.5l-8.75 8.75zM11.75 5.75l2.5 2.5" />
                    </svg>
                </button>
                <Button
                    testid="session-close"
                    label="Close"
                    full_label=move || format!("Close {}", name.get())
                    press=close
                />
            </div>
        </li>
    }
}

/// Place of the driver. Only the browser identifies its own tabs.
fn state(session: Memo<Session>) -> Memo<&'static str> {
    let now = use_context::<Now>();
    Memo::new(move |_| {
        session.with(|session| match &session.active_client {
            _ if session.state == SessionState::Starting => "starting",
            Some(client) => {
                let here = now.is_some_and(|now| now.0.get().is_some())
                    && driven_marker::is_driven_here(session.id)
                    && client.device == format::device(&browser::user_agent());
                if here { "here" } else { "elsewhere" }
            }
            None => "detached",
        })
    })
}

/// Time until a session expires, in words; none while that is far.
fn near(at_millis: i64, now_millis: i64) -> Option<String> {
    (at_millis - now_millis <= SOON).then(|| format::soon(at_millis, now_millis))
}

/// Time until the session expires, once that is near, and the button that keeps it.
#[component]
fn Expiry(session: Memo<Session>) -> impl IntoView {
    let id = session.with_untracked(|it| it.id);
    let now = use_context::<Now>();
    let left = Memo::new(move |_| {
        let at = session.with(|it| it.expires_at)?.timestamp_millis();
        near(at, now?.0.get()?)
    });
    // On success the server notifies the list; on failure the warning stays.
    let keep = move |()| spawn_local(async move { drop(rest::keep(id).await) });
    view! {
        <Show when=move || left.with(Option::is_some)>
            <p class="card-expiry" data-testid="session-expiry">
                <span>"Idle: expires " {dynamic(move || left.get())}</span>
                <Button testid="session-keep" label="Keep session" kind="small" press=keep />
            </p>
        </Show>
    }
}

/// Name, device and activity of each participant; nothing while only the owner is attached.
#[component]
fn CardParticipants(session: Memo<Session>) -> impl IntoView {
    let present = Memo::new(move |_| session.with(|it| shown(&it.present).to_vec()));
    let line = |it: &Present| {
        view! {
            <li data-testid="card-participant" data-guest=it.guest.to_string()>
                <i
                    class="color-dot"
                    class:typing=it.doing == Doing::Types
                    data-hue=hue(it.viewer).to_string()
                ></i>
                <span>{it.who.clone()}</span>
                <span class="muted">{format::uses(it.guest, &it.device)}</span>
                <span class="badge">{format::doing(it.doing)}</span>
            </li>
        }
        .into_any()
    };
    let lines = move || present.with(|it| it.iter().map(line).collect::<Vec<_>>());
    let more = move || {
        let all = session.with(|it| it.clients + it.guests) as usize;
        let more = all.saturating_sub(present.with(Vec::len));
        (more > 0).then(|| view! { <li class="muted">{format!("and {more} more")}</li> }.into_any())
    };
    view! {
        <Show when=move || present.with(|it| !it.is_empty())>
            <ul class="card-participants" data-testid="card-participants" aria-label="Participants">
                {dynamic(lines)}
                {dynamic(more)}
            </ul>
        </Show>
    }
}

/// Name of the guest who drives a session.
fn guest_driver(session: &Session) -> Option<&str> {
    // The driver comes first; others may have typed a moment ago.
    let drives = |it: &&Present| it.guest && matches!(it.doing, Doing::Drives | Doing::Types);
    session.present.first().filter(drives).map(|it| it.who.as_str())
}

/// All participants; none while only the owner is attached.
fn shown(present: &[Present]) -> &[Present] {
    match present {
        [one] if !one.guest && one.doing != Doing::Oversees => &[],
        all => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_warns_for_the_last_five_minutes() {
        for (seconds, words) in [
            (14 * 60, None),
            (301, None),
            (300, Some("in 5 min")),
            (60, Some("in 1 min")),
            (1, Some("in 1 s")),
            (-1, Some("now")),
        ] {
            let text = near(1_000_000 + seconds * 1000, 1_000_000);
            assert_eq!(text.as_deref(), words, "{seconds} s");
        }
    }

    #[test]
    fn an_owner_alone_is_no_shown() {
        let one = |guest, doing| Present {
            viewer: 1,
            who: "Ann".into(),
            device: String::new(),
            guest,
            doing,
        };
        for (present, count) in [
            (vec![], 0),
            (vec![one(false, Doing::Drives)], 0),
            (vec![one(false, Doing::Watches)], 0),
            (vec![one(true, Doing::Watches)], 1),
            (vec![one(false, Doing::Oversees)], 1),
            (vec![one(false, Doing::Drives), one(false, Doing::Watches)], 2),
            (vec![one(true, Doing::Types), one(false, Doing::Watches)], 2),
        ] {
            assert_eq!(shown(&present).len(), count, "{present:?}");
        }
    }
}
