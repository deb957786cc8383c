//! The share dialog: a link with a password, invitations by mail, and what has been shared so far. The
//! same from a session's card and from its terminal.

mod addresses;
mod after;
mod fresh;
mod invite;
mod limits;
mod list;
mod minutes;
mod new_link;
mod qr;
mod receipt;
mod row;
pub mod share_button;

use futures_util::future::join;
use leptos::{prelude::*, task::spawn_local};
use protocol::api::{FreshShare, Session, Share, SharingOptions};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

pub use after::SessionReceipt;

use crate::{
    api::sharing,
    error::PageError,
    live::Live,
    sharing::{fresh::Fresh, invite::Invite, list::ShareList, new_link::NewLink},
    ui::{
        dialog::{Dialog, lazy::LazyDialog},
        failure::Failure,
    },
};

/// The dialog; opens for the session that is put in.
#[component]
pub fn ShareSession(
    /// The session to share; none when nothing is.
    sharing: RwSignal<Option<Session>>,
) -> impl IntoView {
    let wanted = Memo::new(move |_| sharing.with(Option::is_some));
    let load = move || share_dialog(sharing);
    view! { <LazyDialog wanted given_up=move |()| sharing.set(None) load /> }
}

#[wasm_split(rest, fallible)]
fn share_dialog(sharing: RwSignal<Option<Session>>) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <ShareDialog sharing /> }.into_any())
}

#[component]
fn ShareDialog(sharing: RwSignal<Option<Session>>) -> impl IntoView {
    let open = RwSignal::new(false);
    // Secrets are here as long as they are shown, and no longer.
    let fresh = RwSignal::new(None::<FreshShare>);
    let copied = RwSignal::new(false);
    let asked = RwSignal::new(false);
    Effect::new(move |_| {
        if sharing.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            fresh.set(None);
            sharing.set(None);
        }
    });
    Effect::new(move |_| {
        fresh.track();
        copied.set(false);
        asked.set(false);
    });
    // Whoever goes before anything was copied is asked, once.
    let stay = move |()| {
        let early = fresh.with_untracked(Option::is_some)
            && !copied.get_untracked()
            && !asked.get_untracked();
        if early {
            asked.set(true);
        }
        early
    };
    let title = Memo::new(move |before: Option<&String>| {
        let name = sharing.with(|it| it.as_ref().map(|it| format!("Share {}", it.name)));
        name.or_else(|| before.cloned()).unwrap_or_default()
    });
    view! {
        <Dialog open title testid="share-dialog" wide=true stay>
            {move || {
                sharing
                    .get()
                    .map(|session| view! { <Sharing session open fresh copied asked /> })
            }}
        </Dialog>
    }
}

/// What the dialog holds while it is open.
#[component]
fn Sharing(
    session: Session,
    open: RwSignal<bool>,
    fresh: RwSignal<Option<FreshShare>>,
    copied: RwSignal<bool>,
    asked: RwSignal<bool>,
) -> impl IntoView {
    let id = session.id;
    let options = RwSignal::new(None::<SharingOptions>);
    let shares = RwSignal::new(Vec::<Share>::new());
    let error = RwSignal::new(None::<PageError>);
    let refresh = move || {
        spawn_local(async move {
            // Signals that are gone are those of a dialog that was closed meanwhile.
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
    let made = Callback::new(move |share: FreshShare| {
        fresh.set(Some(share));
        refresh();
    });
    // What is being typed stays when only the next form's preset has changed.
    let allowed = Memo::new(move |_| {
        options.get().map(|options| SharingOptions { read_only: false, ..options })
    });
    let forms = move || {
        // A memo that nobody reads follows nothing.
        let options = allowed.with(Option::is_some).then(|| options.get_untracked());
        options.flatten().map(|options| {
            if !options.enabled {
                return view! {
                    <p class="notice" data-testid="share-disabled">
                        "Sharing is turned off in this workspace. A superuser can allow it in the workspace settings."
                    </p>
                }
                .into_any();
            }
            view! {
                <Tabs by_mail />
                {move || {
                    let options = options.clone();
                    if by_mail.get() {
                        view! { <Invite id options shares changed /> }.into_any()
                    } else {
                        view! { <NewLink id options made /> }.into_any()
                    }
                }}
            }
            .into_any()
        })
    };
    let close = move |()| open.set(false);
    view! {
        <Failure error />
        {move || match fresh.get() {
            Some(share) => {
                view! { <Fresh share copied asked back=move |()| fresh.set(None) close /> }.into_any()
            }
            None => {
                view! {
                    <div class="contents">{forms}</div>
                    <ShareList id shares made changed />
                    <div class="dialog-actions">
                        <button
                            type="button"
                            class="button"
                            data-testid="share-close"
                            on:click=move |_| open.set(false)
                        >
                            "Close"
                        </button>
                    </div>
                }
                    .into_any()
            }
        }}
    }
}

/// The two ways to hand a share out.
#[component]
fn Tabs(by_mail: RwSignal<bool>) -> impl IntoView {
    let tab = move |mail: bool, testid: &'static str, words: &'static str| {
        view! {
            <button
                type="button"
                role="tab"
                data-testid=testid
                aria-selected=move || (by_mail.get() == mail).to_string()
                on:click=move |_| by_mail.set(mail)
            >
                {words}
            </button>
        }
    };
    view! {
        <div class="tabs segmented" role="tablist" aria-label="How to share">
            {tab(false, "share-by-link", "One-time access link")}
            {tab(true, "share-by-mail", "Invite by email")}
        </div>
    }
}
