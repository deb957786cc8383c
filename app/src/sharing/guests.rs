//! Guests of a share: those who are in, each with a button to remove them, and a table of earlier ones.

use leptos::prelude::*;
use protocol::{
    api::{Guest, GuestEnd, Share},
    id::SessionId,
};

use super::options::clock;
use crate::{
    api::sharing,
    format,
    ui::{button::Button, request::Request, show::Show, time::Now},
};

#[component]
pub fn Guests(
    id: SessionId,
    share: Memo<Share>,
    request: Request,
    changed: Callback<()>,
) -> impl IntoView {
    let of = share.with_untracked(|it| it.id);
    let guests = select(share, |it| it.left_at.is_none());
    let count = move || {
        let most = share.with(|it| it.max_guests);
        guests.with(|it| format!("{} of {most} connected", it.iter().filter(|it| it.here).count()))
    };
    let line = move |guest: Guest| {
        let remove = move |()| {
            let remove = async move { sharing::remove(id, of, guest.id).await };
            request.send(remove, move |()| changed.run(()));
        };
        view! {
            <li data-testid="share-guest">
                <span>
                    <strong>{guest.name.clone()}</strong>
                    <small>{details(&guest)}</small>
                </span>
                <Button
                    testid="guest-remove"
                    label="Remove"
                    full_label=format!("Remove {}", guest.name)
                    kind="small"
                    disabled=request.busy
                    press=remove
                />
            </li>
        }
    };
    view! {
        <Show when=move || guests.with(|it| !it.is_empty())>
            <div class="share-guests">
                <p class="muted" data-testid="share-here">
                    {count}
                </p>
                <ul>
                    <For each=move || guests.get() key=|it| it.id children=line />
                </ul>
            </div>
        </Show>
    }
}

#[component]
pub fn EarlierGuests(share: Memo<Share>) -> impl IntoView {
    let now = use_context::<Now>();
    let guests = select(share, |it| it.left_at.is_some());
    let count = move || format::count(guests.with(Vec::len), "earlier guest");
    view! {
        <Show when=move || guests.with(|it| !it.is_empty())>
            <details class="receipt" data-testid="receipt">
                <summary>{count}</summary>
                {move || table(guests.get(), now)}
            </details>
        </Show>
    }
}

fn select(share: Memo<Share>, which: fn(&&Guest) -> bool) -> Memo<Vec<Guest>> {
    Memo::new(move |_| share.with(|it| it.guests.iter().filter(which).cloned().collect()))
}

/// One row for each guest: source, time, keys typed, and how they left.
pub fn table(guests: Vec<Guest>, now: Option<Now>) -> AnyView {
    let line = move |guest: Guest| {
        view! {
            <tr data-testid="receipt-guest">
                <td>
                    <strong>{guest.name.clone()}</strong>
                    <small>{details(&guest)}</small>
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
                    <th>"Guest"</th>
                    <th>"Time"</th>
                    <th>"Typed"</th>
                    <th>"Left"</th>
                </tr>
            </thead>
            <tbody>{guests.into_iter().map(line).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn details(guest: &Guest) -> String {
    let member = if guest.member { "member" } else { "" };
    format::join([member, &guest.device, &guest.source])
}

fn span(guest: &Guest, now: Option<i64>) -> String {
    let from = guest.joined_at.timestamp_millis();
    let to = guest.left_at.map(|it| it.timestamp_millis()).or(now).unwrap_or(from);
    format!("{}–{}, {}", clock(from), clock(to), format::duration(to - from))
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
