//! The workspace: its settings, and what its sessions take.
#![expect(missing_docs, reason = "the argument structs of server functions are generated")]

use leptos::prelude::server;
use protocol::api::{WorkspaceSettings, WorkspaceUsage};

use crate::{api::json::Json, error::PageError};

/// What is in force.
///
/// # Errors
/// `signed_out`, and what the server says.
#[server(name = GetSettings, prefix = "/api/pages", endpoint = "settings", input = Json, output = Json)]
pub async fn settings() -> Result<WorkspaceSettings, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.settings.get(&actor).await?)
}

/// Changes all of it at once.
///
/// # Errors
/// The field that is wrong, `forbidden`, what the server says.
#[server(name = ChangeSettings, prefix = "/api/pages", endpoint = "change-settings", input = Json, output = Json)]
pub async fn change_settings(settings: WorkspaceSettings) -> Result<WorkspaceSettings, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.settings.change(&actor, settings).await?)
}

/// What sessions hold right now.
///
/// # Errors
/// `signed_out`, `forbidden`, and what the server says.
#[server(name = GetUsage, prefix = "/api/pages", endpoint = "usage", input = Json, output = Json)]
pub async fn usage() -> Result<WorkspaceUsage, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.all_sessions.usage(&actor).await?)
}
