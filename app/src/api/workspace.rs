//! Settings and resource usage of the workspace.
#![expect(missing_docs, reason = "the argument structs of server functions are generated")]

use leptos::prelude::server;
use protocol::api::{WorkspaceSettings, WorkspaceUsage};

use crate::{error::PageError, json::Json};

/// Current settings.
///
/// # Errors
/// `signed_out`, and those of the server.
#[server(name = GetSettings, prefix = "/api/pages", endpoint = "settings", input = Json, output = Json)]
pub async fn settings() -> Result<WorkspaceSettings, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.settings.get(&actor).await?)
}

/// Replaces all settings.
///
/// # Errors
/// An invalid field, `forbidden`, and those of the server.
#[server(name = ChangeSettings, prefix = "/api/pages", endpoint = "change-settings", input = Json, output = Json)]
pub async fn change_settings(settings: WorkspaceSettings) -> Result<WorkspaceSettings, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.settings.change(&actor, settings).await?)
}

/// Resources that sessions use now.
///
/// # Errors
/// `signed_out`, `forbidden`, and those of the server.
#[server(name = GetUsage, prefix = "/api/pages", endpoint = "usage", input = Json, output = Json)]
pub async fn usage() -> Result<WorkspaceUsage, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.all_sessions.usage(&actor).await?)
}
