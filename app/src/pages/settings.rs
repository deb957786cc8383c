//! `/settings`: how sessions are kept and how many, and who may use which account. Everybody may read
//! the first; superusers change it and see the second.

use leptos::prelude::*;
use protocol::api::{Me, Role, WorkspaceSettings, WorkspaceUsage};

use crate::{api, error::PageError, pages::guard::SignedIn, ui::whole::Answered};

mod fields;
mod form;
mod grants;
mod new_grant;
mod usage;

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    view! {
        <SignedIn
            title="Settings"
            page=|me| {
                let role = me.role;
                provide_context(me);
                view! { <Parts role /> }.into_any()
            }
        />
    }
}

#[component]
fn Parts(role: Role) -> impl IntoView {
    let known = Resource::new(move || role, known);
    view! {
        <div class="page-head">
            <h1>"Settings"</h1>
        </div>
        <Answered
            of=known
            view=|(settings, usage)| {
                let may = use_context::<Me>().is_some_and(|me| me.role == Role::Superuser);
                view! { <form::SettingsForm settings usage may /> }.into_any()
            }
        />
        {(role == Role::Superuser).then(|| view! { <grants::Grants /> })}
    }
}

/// The settings, with the figures where somebody of this role may see them.
async fn known(role: Role) -> Result<(WorkspaceSettings, Option<WorkspaceUsage>), PageError> {
    let settings = api::workspace::settings().await?;
    let usage = if role >= Role::Staff { api::workspace::usage().await.ok() } else { None };
    Ok((settings, usage))
}
