//! Browsers that the member is signed in with.

use futures_util::FutureExt;
use leptos::prelude::*;
use protocol::api::SignInInfo;
use uuid::Uuid;

use crate::{
    api,
    palette::{Command, offer},
    ui::{
        button::Button,
        failure::Failure,
        list::{Answered, List},
        request::Request,
        rows::rows,
        show::Show,
        time::Ago,
    },
};

#[component]
pub fn Devices() -> impl IntoView {
    let first = Resource::new(|| (), |()| api::sign_ins());
    view! { <Answered of=first view=|first| view! { <Listed first /> }.into_any() /> }
}

#[component]
fn Listed(first: Vec<SignInInfo>) -> impl IntoView {
    let list = List::whole(first, || api::sign_ins().boxed_local());
    let request = Request::new();
    let end = Callback::new(move |id: Uuid| {
        request.send(api::end_sign_in(id), move |()| list.refresh());
    });
    let others = move || {
        let items = list.items.get();
        items.into_iter().filter(|it| !it.current).map(|it| it.id).collect::<Vec<_>>()
    };
    let several = move || others().len() > 1;
    let end_others = move || {
        let others = untrack(others);
        let all = async move {
            for id in others {
                match api::end_sign_in(id).await {
                    Err(error) if error.code() != "not_found" => return Err(error),
                    _ => {}
                }
            }
            Ok(())
        };
        request.send(all, move |()| list.refresh());
    };
    offer(move || {
        let one = |it: SignInInfo| {
            let (label, source) =
                (format!("Sign out {}", it.device), format!("from {}", it.source));
            Command::new("device-end", label, source, move || end.run(it.id)).last()
        };
        let all = several().then(|| {
            Command::new("devices-end-others", "Sign out all other browsers", "", end_others).last()
        });
        let items = list.items.get().into_iter().filter(|it| !it.current);
        all.into_iter().chain(items.map(one)).collect()
    });
    let row = move |it: Memo<_>| view! { <Device it=it.get_untracked() end request /> }.into_any();
    view! {
        <Failure error=list.error />
        <Failure error=request.error testid="devices-failure" />
        <ul class="items" data-testid="devices">
            {rows(list.items, |it| it.id, row)}
        </ul>
        <Show when=several>
            <div class="form-end">
                <Button
                    testid="devices-end-others"
                    label="Sign out all others"
                    disabled=request.busy
                    press=move |()| end_others()
                />
            </div>
        </Show>
    }
}

#[component]
fn Device(it: SignInInfo, end: Callback<Uuid>, request: Request) -> impl IntoView {
    let SignInInfo { id, device, source, created_at, current, .. } = it;
    let label = format!("Sign out {device}");
    view! {
        <li class="item" data-testid="device" data-current=current.to_string()>
            <div class="item-main">
                <p class="item-name">{device}</p>
                <p class="muted">
                    "from " {source} ", signed in " <Ago time=created_at />
                </p>
            </div>
            <div class="item-actions">
                {if current {
                    view! { <span class="badge success">"this browser"</span> }.into_any()
                } else {
                    view! {
                        <Button
                            testid="device-end"
                            label="Sign out"
                            full_label=label
                            disabled=request.busy
                            press=move |()| end.run(id)
                        />
                    }
                        .into_any()
                }}
            </div>
        </li>
    }
}
