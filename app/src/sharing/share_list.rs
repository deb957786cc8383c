//! The shares of a session: active ones first. Each has a name, permissions, expiry, guests, and the owner's
//! actions.

use std::cmp::Reverse;

use leptos::prelude::*;
use protocol::{
    api::{
        ChangeShare, FreshShare, MailState, Share, ShareKind, ShareState, SharingOptions, limits,
    },
    id::SessionId,
};
use uuid::Uuid;

use super::{
    guests::{EarlierGuests, Guests},
    options::{Minutes, clock, parse_minutes},
};
use crate::{
    api::sharing,
    format,
    ui::{
        button::Button, failure::Failure, form::switch::Switch, request::Request,
        rows::sorted_rows, show::Show, time::Now,
    },
};

/// The list; hidden when empty.
#[component]
pub fn ShareList(
    id: SessionId,
    options: RwSignal<Option<SharingOptions>>,
    shares: RwSignal<Vec<Share>>,
    /// Called with a new link made from an earlier one.
    created: Callback<FreshShare>,
    changed: Callback<()>,
) -> impl IntoView {
    let row = move |share| view! { <ShareRow id options share created changed /> }.into_any();
    view! {
        <section
            class="shares"
            aria-label="Shares of this session"
            hidden=move || shares.with(Vec::is_empty)
        >
            <h3>"Shares"</h3>
            <ul data-testid="shares">{sorted_rows(shares, |it| it.id.0, order, row)}</ul>
        </section>
    }
}

/// Active shares first, then the newest.
fn order(shares: &[Share]) -> Vec<Uuid> {
    let mut order: Vec<&Share> = shares.iter().collect();
    order.sort_by_key(|it| (it.state != ShareState::Active, Reverse(it.created_at)));
    order.into_iter().map(|it| it.id.0).collect()
}

#[component]
fn ShareRow(
    id: SessionId,
    options: RwSignal<Option<SharingOptions>>,
    share: Memo<Share>,
    created: Callback<FreshShare>,
    changed: Callback<()>,
) -> impl IntoView {
    let of = share.with_untracked(|it| it.id);
    let request = Request::new();
    let active = Memo::new(move |_| share.with(|it| it.state == ShareState::Active));
    let name = Memo::new(move |_| share.with(name));
    let read_only = Memo::new(move |_| share.with(|it| it.read_only));
    let now = use_context::<Now>();
    let time = move || share.with(|it| time(it, now.and_then(|now| now.0.get())));
    let notes =
        move || share.with(notes).into_iter().map(|it| view! { <p>{it}</p> }).collect_view();
    let revoke = move |_| {
        request.send(async move { sharing::revoke(id, of).await }, move |()| changed.run(()));
    };
    let renew = move |_| {
        request.send(async move { sharing::renew(id, of).await }, move |share| created.run(share));
    };
    let set_read_only = move |read_only: bool| {
        let change = async move {
            let read_only = Some(read_only);
            sharing::change(id, of, &ChangeShare { read_only, ..ChangeShare::default() }).await
        };
        request.send(change, move |()| changed.run(()));
    };
    let extending = RwSignal::new(false);
    view! {
        <li
            class="share"
            data-testid="share-row"
            data-share=of.to_string()
            data-state=move || share.with(|it| it.state.to_string())
            data-read-only=move || read_only.get().to_string()
        >
            <div class="share-head">
                <strong data-testid="share-name">{name}</strong>
                <span class="badge">
                    {move || if read_only.get() { "Read-only" } else { "Can type" }}
                </span>
                <span class="share-time" data-testid="share-when">
                    {time}
                </span>
            </div>
            <div class="share-notes" data-testid="share-remarks">
                {notes}
            </div>
            <Guests id share request changed />
            <EarlierGuests share />
            <Failure error=request.error testid="share-row-error" fields=&["minutes"] />
            <Show when=move || !active.get()>
                <div class="share-actions">
                    <Button
                        testid="share-renew"
                        label="New link with the same settings"
                        kind="small"
                        disabled=request.busy
                        press=renew
                    />
                </div>
            </Show>
            <Show when=move || active.get()>
                <div class="share-actions">
                    <Switch
                        label="Read-only"
                        testid="share-row-read-only"
                        on=read_only
                        flip=set_read_only
                        fixed=request.busy
                    />
                    <Button
                        testid="share-extend"
                        label="Extend"
                        kind="small"
                        expanded=extending
                        press=move |()| extending.update(|it| *it = !*it)
                    />
                    <Button
                        testid="share-revoke"
                        label="Revoke"
                        kind="small danger-text"
                        disabled=request.busy
                        press=revoke
                    />
                </div>
                <Show when=move || extending.get()>
                    <Extend id options share extending changed />
                </Show>
            </Show>
        </li>
    }
}

/// Sets a new expiry, counted from now, within the workspace's maximum.
#[component]
fn Extend(
    id: SessionId,
    options: RwSignal<Option<SharingOptions>>,
    share: Memo<Share>,
    extending: RwSignal<bool>,
    changed: Callback<()>,
) -> impl IntoView {
    let of = share.with_untracked(|it| it.id);
    let longest = options.with_untracked(|it| it.as_ref().map(|it| it.max_minutes));
    let longest = longest.unwrap_or(*limits::SHARE_MINUTES.end());
    let text = RwSignal::new(longest.min(limits::DEFAULT_SHARE_MINUTES).to_string());
    let request = Request::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let extend = async move {
            let minutes = Some(parse_minutes(&text.get_untracked(), longest)?.into());
            sharing::change(id, of, &ChangeShare { minutes, ..ChangeShare::default() }).await
        };
        request.send(extend, move |()| {
            extending.set(false);
            changed.run(());
        });
    };
    view! {
        <form class="share-extend" novalidate on:submit=submit>
            <Minutes
                label="New duration, from now"
                testid="share-extend-minutes"
                text
                longest
                error=request.error
            />
            <Failure error=request.error testid="share-extend-error" fields=&["minutes"] />
            <Button
                testid="share-extend-set"
                label="Set"
                kind="small primary"
                disabled=request.busy
            />
        </form>
    }
}

/// The address that a share was sent to, or the kind of link.
pub fn name(share: &Share) -> String {
    match (share.kind, &share.email) {
        (ShareKind::Mail, Some(email)) => email.clone(),
        _ => "Access link".into(),
    }
}

/// Expiry of an active share; how and when another one ended.
fn time(share: &Share, now: Option<i64>) -> String {
    let end = share.ended_at.unwrap_or(share.expires_at).timestamp_millis();
    let at = clock(end);
    match share.state {
        ShareState::Active => {
            let left = now.map_or_else(String::new, |now| format::soon(end, now));
            format!("ends {left}, at {at}")
        }
        ShareState::Expired => format!("expired at {at}"),
        ShareState::Revoked => match &share.ended_by {
            Some(by) => format!("revoked by {by} at {at}"),
            None => format!("revoked at {at}"),
        },
        ShareState::SessionEnded => format!("session ended at {at}"),
        ShareState::Void => "void: the email was not sent".into(),
    }
}

/// The delivery of the email of a share, as the rest of a sentence.
pub fn delivery(mail: MailState, why: Option<&str>) -> String {
    match (mail, why) {
        (MailState::Queued, Some(why)) => format!("will be sent again: {why}"),
        (MailState::Queued, None) => "is being sent".into(),
        (MailState::Failed, Some(why)) => format!("was not sent: {why}"),
        (MailState::Failed, None) => "was not sent".into(),
        (MailState::Sent, _) => "was sent".into(),
    }
}

/// Email delivery, failed attempts and exceptional permissions.
fn notes(share: &Share) -> Vec<String> {
    let mail = share.mail.map(|mail| {
        // The reason of a failure is a sentence.
        let why = share.mail_error.as_deref().filter(|_| mail != MailState::Sent);
        format!("The email {}{}", delivery(mail, why), if why.is_some() { "" } else { "." })
    });
    let attempts = match share.wrong_passwords {
        0 => None,
        1 => Some("1 wrong password was entered.".into()),
        many => Some(format!("{many} wrong passwords were entered.")),
    };
    let alone = (share.guests_alone && !share.read_only && share.state == ShareState::Active)
        .then(|| "Guests can type while you are away.".into());
    [mail, attempts, alone].into_iter().flatten().collect()
}
