//! One share: name, permissions, expiry, guests, and the owner's actions.

use leptos::prelude::*;
use protocol::{
    api::{ChangeShare, FreshShare, MailState, Share, ShareKind, ShareState, limits},
    id::SessionId,
};

use super::{
    guests::{EarlierGuests, Guests},
    minutes::{self, Minutes, clock},
};
use crate::{
    api::sharing,
    format,
    ui::{
        button::Button, failure::Failure, form::switch::Switch, request::Request, show::Show,
        time::Now,
    },
};

/// The row.
#[component]
pub fn ShareRow(
    id: SessionId,
    share: Memo<Share>,
    /// Called with a new link made from this share.
    created: Callback<FreshShare>,
    /// Called after a change.
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
        let change = ChangeShare { read_only: Some(read_only), ..ChangeShare::default() };
        request
            .send(async move { sharing::change(id, of, &change).await }, move |()| changed.run(()));
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
            <Show
                when=move || active.get()
                fallback=move || {
                    view! {
                        <div class="share-actions">
                            <Button
                                testid="share-renew"
                                label="New link with the same settings"
                                kind="small"
                                disabled=request.busy
                                press=renew
                            />
                        </div>
                    }
                }
            >
                <div class="share-actions">
                    <Switch
                        label="Read-only"
                        testid="share-row-read-only"
                        on=read_only
                        flip=set_read_only
                        fixed=request.busy
                    />
                    <button
                        type="button"
                        class="button small"
                        data-testid="share-extend"
                        aria-expanded=move || extending.get().to_string()
                        on:click=move |_| extending.update(|it| *it = !*it)
                    >
                        "Extend"
                    </button>
                    <Button
                        testid="share-revoke"
                        label="Revoke"
                        kind="small danger-text"
                        disabled=request.busy
                        press=revoke
                    />
                </div>
                <Show when=move || extending.get()>
                    <Extend id share extending changed />
                </Show>
            </Show>
        </li>
    }
}

/// Sets a new expiry, counted from now.
#[component]
fn Extend(
    id: SessionId,
    share: Memo<Share>,
    extending: RwSignal<bool>,
    changed: Callback<()>,
) -> impl IntoView {
    let of = share.with_untracked(|it| it.id);
    let longest = *limits::SHARE_MINUTES.end();
    let text = RwSignal::new(60.to_string());
    let request = Request::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let minutes = match minutes::parse(&text.get_untracked(), longest) {
            Ok(minutes) => minutes,
            Err(why) => return request.error.set(Some(why)),
        };
        let change = ChangeShare { minutes: Some(minutes.into()), ..ChangeShare::default() };
        request.send(async move { sharing::change(id, of, &change).await }, move |()| {
            extending.set(false);
            changed.run(());
        });
    };
    view! {
        <form class="share-extend" novalidate on:submit=submit>
            <Minutes
                label="Time from now"
                testid="share-extend-minutes"
                text
                longest
                error=request.error
            />
            <Failure error=request.error testid="share-extend-error" fields=&["minutes"] />
            <button
                type="submit"
                class="button small primary"
                data-testid="share-extend-set"
                disabled=move || request.busy.get()
            >
                "Set"
            </button>
        </form>
    }
}

/// The address that a share was sent to, or the kind of link.
pub fn name(share: &Share) -> String {
    match (share.kind, &share.email) {
        (ShareKind::Mail, Some(email)) => email.clone(),
        _ => "One-time access link".into(),
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
        ShareState::Void => "invalid: the email was not sent".into(),
    }
}

/// Email delivery, failed attempts and exceptional permissions.
fn notes(share: &Share) -> Vec<String> {
    let mail = match (share.mail, &share.mail_error) {
        (Some(MailState::Queued), Some(why)) => {
            Some(format!("The email will be sent again: {why}"))
        }
        (Some(MailState::Queued), None) => Some("The email is being sent.".into()),
        (Some(MailState::Failed), Some(why)) => Some(format!("The email was not sent: {why}")),
        (Some(MailState::Failed), None) => Some("The email was not sent.".into()),
        (Some(MailState::Sent), _) => Some("The email was sent.".into()),
        (None, _) => None,
    };
    let attempts = match share.wrong_passwords {
        0 => None,
        1 => Some("1 attempt with a wrong password.".into()),
        many => Some(format!("{many} attempts with a wrong password.")),
    };
    let alone = (share.guests_alone && !share.read_only && share.state == ShareState::Active)
        .then(|| "Guests can type while you are away.".into());
    [mail, attempts, alone].into_iter().flatten().collect()
}
