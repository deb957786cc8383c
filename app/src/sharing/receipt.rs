//! Who came by a share: those who hold a place, each with the button that shows them out, and the receipt
//! of those who did.

use leptos::prelude::*;
use protocol::{
    api::{Guest, GuestEnd, Share},
    id::{GuestId, SessionId},
};

use super::minutes::clock;
use crate::{
    api::sharing,
    format,
    ui::{request::Request, show::Show, time::Now},
};

/// Guests that are in.
#[component]
pub fn Here(
    /// The session.
    id: SessionId,
    /// The share.
    share: Memo<Share>,
    /// Asks the server.
    request: Request,
    /// Something has changed.
    changed: Callback<()>,
) -> impl IntoView {
    let of = share.with_untracked(|it| it.id);
    let guests = Memo::new(move |_| {
        share.with(|it| {
            it.guests.iter().filter(|it| it.left_at.is_none()).cloned().collect::<Vec<_>>()
        })
    });
    let counted = move || {
        let most = share.with(|it| it.max_guests);
        guests.with(|it| format!("{} of {most} here", it.iter().filter(|it| it.here).count()))
    };
    let remove = move |guest: GuestId| {
        request
            .send(async move { sharing::remove(id, of, guest).await }, move |()| changed.run(()));
    };
    let line = move |guest: Guest| {
        let label = format!("Remove {}", guest.name);
        let id = guest.id;
        view! {
            <li data-testid="share-guest">
                <span>
                    <strong>{guest.name.clone()}</strong>
                    <small>{facts(&guest)}</small>
                </span>
                <button
                    type="button"
                    class="button small"
                    data-testid="guest-remove"
                    aria-label=label
                    disabled=move || request.busy.get()
                    on:click=move |_| remove(id)
                >
                    "Remove"
                </button>
            </li>
        }
    };
    view! {
        <Show when=move || guests.with(|it| !it.is_empty())>
            <div class="share-guests">
                <p class="muted" data-testid="share-here">
                    {counted}
                </p>
                <ul>
                    <For each=move || guests.get() key=|it| it.id children=line />
                </ul>
            </div>
        </Show>
    }
}

/// Guests that were in, as a receipt.
#[component]
pub fn Gone(
    /// The share.
    share: Memo<Share>,
) -> impl IntoView {
    let now = use_context::<Now>();
    let gone = Memo::new(move |_| {
        share.with(|it| {
            it.guests.iter().filter(|it| it.left_at.is_some()).cloned().collect::<Vec<_>>()
        })
    });
    let words = move || match gone.with(Vec::len) {
        1 => "1 guest was here".to_owned(),
        many => format!("{many} guests were here"),
    };
    view! {
        <Show when=move || gone.with(|it| !it.is_empty())>
            <details class="receipt" data-testid="receipt">
                <summary>{words}</summary>
                {move || table(gone.get(), now)}
            </details>
        </Show>
    }
}

/// Who came, from where, when, for how long, and how much they typed.
pub fn table(guests: Vec<Guest>, now: Option<Now>) -> AnyView {
    let line = move |guest: Guest| {
        view! {
            <tr data-testid="receipt-guest">
                <td>
                    <strong>{guest.name.clone()}</strong>
                    <small>{facts(&guest)}</small>
                </td>
                <td>{span(&guest, now.and_then(|now| now.0.get_untracked()))}</td>
                <td data-testid="receipt-keys">{keys(guest.keys)}</td>
                <td>{guest.end.map_or("disconnected", end)}</td>
            </tr>
        }
    };
    view! {
        <table>
            <thead>
                <tr>
                    <th>"Who"</th>
                    <th>"When"</th>
                    <th>"Typed"</th>
                    <th>"Gone"</th>
                </tr>
            </thead>
            <tbody>{guests.into_iter().map(line).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// From where and with what, and whether it is a member.
fn facts(guest: &Guest) -> String {
    let member = if guest.member { "member · " } else { "" };
    let facts: Vec<&str> = [guest.device.as_str(), guest.source.as_str()]
        .into_iter()
        .filter(|it| !it.is_empty())
        .collect();
    format!("{member}{}", facts.join(" · "))
}

/// From when to when, and how long that was.
fn span(guest: &Guest, now: Option<i64>) -> String {
    let from = guest.joined_at.timestamp_millis();
    let to = guest.left_at.map(|it| it.timestamp_millis()).or(now).unwrap_or(from);
    format!("{}–{}, {}", clock(from), clock(to), format::lasted(to - from))
}

fn keys(keys: u64) -> String {
    match keys {
        0 => "nothing".into(),
        1 => "1 key".into(),
        many => format!("{many} keys"),
    }
}

fn end(end: GuestEnd) -> &'static str {
    match end {
        GuestEnd::Left => "left",
        GuestEnd::Removed => "removed",
        GuestEnd::Expired => "share expired",
        GuestEnd::Revoked => "share revoked",
        GuestEnd::SessionEnded => "session ended",
    }
}
