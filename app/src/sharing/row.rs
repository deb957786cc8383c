//! One share: how it was handed out, what guests may, until when, who is in, and what its owner can do
//! about it while it lasts and after.

use leptos::prelude::*;
use protocol::{
    api::{ChangeShare, FreshShare, MailState, Share, ShareState, limits},
    id::SessionId,
};

use super::{
    after,
    minutes::{self, Minutes, clock},
    receipt::{Gone, Here},
};
use crate::{
    api::sharing,
    format,
    ui::{failure::Failure, form::switch::Switch, request::Request, show::Show, time::Now},
};

/// A share of a session.
#[component]
pub fn ShareRow(
    /// The session.
    id: SessionId,
    /// The share.
    share: Memo<Share>,
    /// A new link was made from it.
    made: Callback<FreshShare>,
    /// Something has changed.
    changed: Callback<()>,
) -> impl IntoView {
    let of = share.with_untracked(|it| it.id);
    let request = Request::new();
    let active = Memo::new(move |_| share.with(|it| it.state == ShareState::Active));
    let name = Memo::new(move |_| share.with(after::name));
    let mode = Memo::new(move |_| share.with(|it| it.read_only));
    let now = use_context::<Now>();
    let when = move || share.with(|it| when(it, now.and_then(|now| now.0.get())));
    let remarks =
        move || share.with(remarks).into_iter().map(|it| view! { <p>{it}</p> }).collect_view();
    let revoke = move |_| {
        request.send(async move { sharing::revoke(id, of).await }, move |()| changed.run(()));
    };
    let renew = move |_| {
        request.send(async move { sharing::renew(id, of).await }, move |share| made.run(share));
    };
    let flip = move |read_only: bool| {
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
            data-state=move || share.with(|it| state(it.state))
            data-read-only=move || mode.get().to_string()
        >
            <div class="share-head">
                <strong data-testid="share-name">{name}</strong>
                <span class="badge">{move || if mode.get() { "Read-only" } else { "Can type" }}</span>
                <span class="share-time" data-testid="share-when">
                    {when}
                </span>
            </div>
            <div class="share-notes" data-testid="share-remarks">
                {remarks}
            </div>
            <Here id share request changed />
            <Gone share />
            <Failure error=request.error testid="share-row-error" fields=&["minutes"] />
            <Show
                when=move || active.get()
                fallback=move || {
                    view! {
                        <div class="share-actions">
                            <button
                                type="button"
                                class="button small"
                                data-testid="share-renew"
                                disabled=move || request.busy.get()
                                on:click=renew
                            >
                                "New link, same settings"
                            </button>
                        </div>
                    }
                }
            >
                <div class="share-actions">
                    <Switch
                        label="Read-only"
                        testid="share-row-read-only"
                        on=mode
                        flip
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
                    <button
                        type="button"
                        class="button small danger-text"
                        data-testid="share-revoke"
                        disabled=move || request.busy.get()
                        on:click=revoke
                    >
                        "Revoke"
                    </button>
                </div>
                <Show when=move || extending.get()>
                    <Extend id share extending changed />
                </Show>
            </Show>
        </li>
    }
}

/// Another end, counted from now.
#[component]
fn Extend(
    id: SessionId,
    share: Memo<Share>,
    extending: RwSignal<bool>,
    changed: Callback<()>,
) -> impl IntoView {
    let of = share.with_untracked(|it| it.id);
    let text = RwSignal::new(60.to_string());
    let request = Request::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let minutes = match minutes::read(&text.get_untracked(), *limits::SHARE_MINUTES.end()) {
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
                label="From now on"
                testid="share-extend-minutes"
                text
                longest=*limits::SHARE_MINUTES.end()
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

/// The stable word.
fn state(state: ShareState) -> &'static str {
    match state {
        ShareState::Active => "active",
        ShareState::Expired => "expired",
        ShareState::Revoked => "revoked",
        ShareState::SessionEnded => "session_ended",
        ShareState::Void => "void",
    }
}

/// How long it lasts, or how and when it ended.
fn when(share: &Share, now: Option<i64>) -> String {
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
        ShareState::SessionEnded => format!("ended with its session at {at}"),
        ShareState::Void => "void: its mail was not sent".into(),
    }
}

/// What its owner should know besides.
fn remarks(share: &Share) -> Vec<String> {
    let mail = match (share.mail, &share.mail_error) {
        (Some(MailState::Queued), Some(why)) => {
            Some(format!("Its mail waits to be sent again: {why}"))
        }
        (Some(MailState::Queued), None) => Some("Its mail is being sent.".into()),
        (Some(MailState::Failed), Some(why)) => Some(format!("Its mail was not sent: {why}")),
        (Some(MailState::Failed), None) => Some("Its mail was not sent.".into()),
        (Some(MailState::Sent), _) => Some("Its mail was sent.".into()),
        (None, _) => None,
    };
    let wrong = match share.wrong_passwords {
        0 => None,
        1 => Some("A wrong password was tried once.".into()),
        many => Some(format!("Wrong passwords were tried {many} times.")),
    };
    let alone = (share.guests_alone && !share.read_only && share.state == ShareState::Active)
        .then(|| "Guests may type while you are away.".into());
    [mail, wrong, alone].into_iter().flatten().collect()
}
