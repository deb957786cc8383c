//! `/settings`: workspace settings, and the accounts that members and roles can use. All members can read
//! the settings; superusers can change them and see the accounts.

use leptos::prelude::*;
use protocol::api::{Me, Role, WorkspaceSettings, WorkspaceUsage};

use crate::{api, error::PageError, pages::guard::SignedIn, ui::list::Answered};

mod field;
mod form;
mod grants;
mod new_grant;
mod usage;

#[component]
pub fn SettingsPage() -> impl IntoView {
    view! {
        <SignedIn
            title="Settings"
            page=|me| {
                let role = me.role;
                provide_context(me);
                view! { <Page role /> }.into_any()
            }
        />
    }
}

#[component]
fn Page(role: Role) -> impl IntoView {
    let loaded = Resource::new(move || role, load);
    view! {
        <div class="page-head">
            <h1>"Settings"</h1>
        </div>
        <Answered
            of=loaded
            view=|(settings, usage)| {
                let editable = use_context::<Me>().is_some_and(|me| me.role == Role::Superuser);
                view! { <form::SettingsForm settings usage editable /> }.into_any()
            }
        />
        {(role == Role::Superuser).then(|| view! { <grants::Grants /> })}
    }
}

/// Loads the settings, with current usage where the role can see it.
async fn load(role: Role) -> Result<(WorkspaceSettings, Option<WorkspaceUsage>), PageError> {
    let settings = api::settings().await?;
    let usage = if role >= Role::Staff { api::usage().await.ok() } else { None };
    Ok((settings, usage))
}
