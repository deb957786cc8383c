//! The share dialog: a link with a password, invitations by email, and the existing shares.

use futures_util::future::join;
use leptos::{prelude::*, task::spawn_local};
use protocol::api::{FreshShare, Session, Share, SharingOptions};

use super::{
    invite::Invite,
    new_link::NewLink,
    secrets::{Secrets, ShareSecrets},
    share_list::ShareList,
};
use crate::{
    api::sharing,
    error::PageError,
    live::Live,
    ui::{
        dialog::{Dialog, DialogClose, open_for},
        failure::Failure,
    },
};

/// The dialog; opens when a session is set.
#[component]
pub fn ShareSession(sharing: RwSignal<Option<Session>>) -> impl IntoView {
    let secrets = Secrets::new();
    let open = open_for(sharing, |_| {});
    Effect::new(move |_| {
        if !open.get() {
            secrets.share.set(None);
        }
    });
    let stay = move |()| secrets.warn();
    let title = move || sharing.get().map(|it| format!("Share {}", it.name)).unwrap_or_default();
    view! {
        <Dialog open title testid="share-dialog" wide=true stay>
            {move || sharing.get().map(|session| view! { <Content session open secrets /> })}
        </Dialog>
    }
}

#[component]
fn Content(session: Session, open: RwSignal<bool>, secrets: Secrets) -> impl IntoView {
    let id = session.id;
    let options = RwSignal::new(None::<SharingOptions>);
    let shares = RwSignal::new(Vec::<Share>::new());
    let error = RwSignal::new(None::<PageError>);
    let refresh = move || {
        spawn_local(async move {
            // The dialog may be closed by now, and its signals disposed.
            match join(sharing::options(id), sharing::shares(id)).await {
                (Ok(now), Ok(all)) => {
                    options.try_set(Some(now));
                    shares.try_set(all);
                    error.try_set(None);
                }
                (Err(why), _) | (_, Err(why)) => drop(error.try_set(Some(why))),
            }
        });
    };
    refresh();
    Live::of_page().on_change(refresh);
    let changed = Callback::new(move |()| refresh());
    let by_mail = RwSignal::new(false);
    let created = Callback::new(move |new: FreshShare| {
        secrets.share.set(Some(new));
        refresh();
    });
    // Ignores the member's last choice of mode, so that a refresh keeps what is typed.
    let allowed = Memo::new(move |_| {
        options.get().map(|options| SharingOptions { read_only: false, ..options })
    });
    let form = move |options: SharingOptions| {
        if by_mail.get() {
            view! { <Invite id options shares changed /> }.into_any()
        } else {
            view! { <NewLink id options created /> }.into_any()
        }
    };
    let forms = move || {
        // Reading the memo subscribes to it.
        allowed.with(Option::is_some).then_some(())?;
        let options = options.get_untracked()?;
        let forms = if options.enabled {
            view! {
                <Tabs by_mail />
                {move || form(options.clone())}
            }
            .into_any()
        } else {
            view! {
                <p class="notice" data-testid="share-disabled">
                    "Sharing is turned off. A superuser can turn it on in the workspace settings."
                </p>
            }
            .into_any()
        };
        Some(forms)
    };
    let close = move |()| open.set(false);
    view! {
        <Failure error />
        {move || match secrets.share.get() {
            Some(share) => view! { <ShareSecrets share secrets close /> }.into_any(),
            None => {
                view! {
                    <div class="contents">{forms}</div>
                    <ShareList id options shares created changed />
                    <DialogClose open testid="share-close" />
                }
                    .into_any()
            }
        }}
    }
}

/// Switches between the two kinds of new share.
#[component]
fn Tabs(by_mail: RwSignal<bool>) -> impl IntoView {
    let tab = move |mail: bool, testid: &'static str, label: &'static str| {
        view! {
            <button
                type="button"
                role="tab"
                data-testid=testid
                aria-selected=move || (by_mail.get() == mail).to_string()
                on:click=move |_| by_mail.set(mail)
            >
                {label}
            </button>
        }
    };
    view! {
        <div class="tabs segmented" role="tablist" aria-label="Sharing method">
            {tab(false, "share-by-link", "Access link")}
            {tab(true, "share-by-mail", "Invite by email")}
        </div>
    }
}
