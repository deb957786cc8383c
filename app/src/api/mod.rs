//! Requests of the pages. Server functions take the context and make one call. Other requests use the REST
//! interface, in `rest` and `sharing`, such as those that set cookies, create tickets or return bytes.

pub mod rest;
pub mod sharing;

use leptos::prelude::server;
use protocol::{
    api::{
        AccountGrant, AccountInfo, AdminFilter, AdminSessionPage, AdminSort, AuditFilter,
        AuditPage, ChangeMember, FreshToken, Invite, InviteLink, Life, Me, Member, NewGrant,
        NewInvite, NewSession, NewToken, Server, Session, SessionPage, SignInInfo, TokenInfo,
        WorkspaceSettings, WorkspaceUsage,
    },
    id::{GrantId, InviteId, MemberId, SessionId, TokenId},
};
use uuid::Uuid;

use crate::{error::PageError, json::Json, page_client::PageClient};

#[server(name = GetMe, prefix = "/api/pages", endpoint = "me", input = Json, output = Json, client = PageClient)]
pub async fn me() -> Result<Me, PageError> {
    let (_, actor) = crate::context::signed_in()?;
    Ok(actor.me())
}

#[server(name = ListMembers, prefix = "/api/pages", endpoint = "members", input = Json, output = Json, client = PageClient)]
pub async fn members() -> Result<Vec<Member>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.members.list(&actor).await?)
}

#[server(name = ChangeMemberOf, prefix = "/api/pages", endpoint = "change-member", input = Json, output = Json, client = PageClient)]
pub async fn change_member(id: MemberId, change: ChangeMember) -> Result<Member, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.members.change(&actor, id, change).await?)
}

#[server(name = ResetMember, prefix = "/api/pages", endpoint = "reset-member", input = Json, output = Json, client = PageClient)]
pub async fn reset_member(id: MemberId) -> Result<InviteLink, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.invites.create_reset(&actor, id).await?)
}

#[server(name = ListInvites, prefix = "/api/pages", endpoint = "invites", input = Json, output = Json, client = PageClient)]
pub async fn invites() -> Result<Vec<Invite>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.invites.list(&actor).await?)
}

#[server(name = MailsInvites, prefix = "/api/pages", endpoint = "mails-invites", input = Json, output = Json, client = PageClient)]
pub async fn mails_invites() -> Result<bool, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.invites.can_mail(&actor)?)
}

/// Creates an invite; only this answer has its link.
#[server(name = CreateInvite, prefix = "/api/pages", endpoint = "invite", input = Json, output = Json, client = PageClient)]
pub async fn invite(new: NewInvite) -> Result<InviteLink, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.invites.create(&actor, new).await?)
}

#[server(name = WithdrawInvite, prefix = "/api/pages", endpoint = "withdraw-invite", input = Json, output = Json, client = PageClient)]
pub async fn withdraw_invite(id: InviteId) -> Result<(), PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.invites.withdraw(&actor, id).await?)
}

/// Signed-in browsers and programs.
#[server(name = ListSignIns, prefix = "/api/pages", endpoint = "sign-ins", input = Json, output = Json, client = PageClient)]
pub async fn sign_ins() -> Result<Vec<SignInInfo>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.sign_ins.list(&actor).await?)
}

/// Ends a sign-in and its connections.
#[server(name = EndSignIn, prefix = "/api/pages", endpoint = "end-sign-in", input = Json, output = Json, client = PageClient)]
pub async fn end_sign_in(id: Uuid) -> Result<(), PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.sign_ins.end(&actor, id).await?)
}

/// Valid API tokens.
#[server(name = ListTokens, prefix = "/api/pages", endpoint = "tokens", input = Json, output = Json, client = PageClient)]
pub async fn tokens() -> Result<Vec<TokenInfo>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.tokens.list(&actor).await?)
}

/// Creates an API token; only this answer has its secret.
#[server(name = CreateToken, prefix = "/api/pages", endpoint = "create-token", input = Json, output = Json, client = PageClient)]
pub async fn create_token(new: NewToken) -> Result<FreshToken, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.tokens.create(&actor, new).await?)
}

/// Revokes an API token and ends its connections.
#[server(name = RemoveToken, prefix = "/api/pages", endpoint = "remove-token", input = Json, output = Json, client = PageClient)]
pub async fn remove_token(id: TokenId) -> Result<(), PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.tokens.remove(&actor, id).await?)
}

/// Servers and accounts that the member may use.
#[server(name = ListServers, prefix = "/api/pages", endpoint = "servers", input = Json, output = Json, client = PageClient)]
pub async fn servers() -> Result<Vec<Server>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.sessions.servers(&actor).await?)
}

/// Matching sessions of the member, newest first: the page after a cursor, of 50 or at most 100.
#[server(name = ListSessions, prefix = "/api/pages", endpoint = "sessions", input = Json, output = Json, client = PageClient)]
pub async fn sessions(
    life: Life,
    q: Option<String>,
    cursor: Option<String>,
    limit: Option<u64>,
) -> Result<SessionPage, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    let (q, cursor) = (q.as_deref(), cursor.as_deref());
    Ok(control.sessions.list(&actor, protocol::api::Scope::Mine, life, q, limit, cursor).await?)
}

#[server(name = GetSession, prefix = "/api/pages", endpoint = "session", input = Json, output = Json, client = PageClient)]
pub async fn session(id: SessionId) -> Result<Session, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.sessions.get(&actor, id).await?)
}

/// Creates a session. A repeated idempotency key returns the session of the first request.
#[server(name = CreateSession, prefix = "/api/pages", endpoint = "create", input = Json, output = Json, client = PageClient)]
pub async fn create_session(new: NewSession) -> Result<Session, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.sessions.create(&actor, new).await?.session)
}

/// Closes a session. Returns once all its processes have ended.
#[server(name = CloseSession, prefix = "/api/pages", endpoint = "close", input = Json, output = Json, client = PageClient)]
pub async fn close_session(id: SessionId) -> Result<(), PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.sessions.close(&actor, id).await?)
}

/// Running sessions of all members: the page after a cursor, of 50 or at most 500.
#[server(name = ListAll, prefix = "/api/pages", endpoint = "all", input = Json, output = Json, client = PageClient)]
pub async fn all_sessions(
    filter: AdminFilter,
    sort: AdminSort,
    cursor: Option<String>,
    limit: Option<u64>,
) -> Result<AdminSessionPage, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.all_sessions.list(&actor, &filter, sort, limit, cursor.as_deref()).await?)
}

#[server(name = GetSettings, prefix = "/api/pages", endpoint = "settings", input = Json, output = Json, client = PageClient)]
pub async fn settings() -> Result<WorkspaceSettings, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.settings.get(&actor).await?)
}

#[server(name = ChangeSettings, prefix = "/api/pages", endpoint = "change-settings", input = Json, output = Json, client = PageClient)]
pub async fn change_settings(settings: WorkspaceSettings) -> Result<WorkspaceSettings, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.settings.change(&actor, settings).await?)
}

/// Resources that sessions use now.
#[server(name = GetUsage, prefix = "/api/pages", endpoint = "usage", input = Json, output = Json, client = PageClient)]
pub async fn usage() -> Result<WorkspaceUsage, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.all_sessions.usage(&actor).await?)
}

#[server(name = ListGrants, prefix = "/api/pages", endpoint = "grants", input = Json, output = Json, client = PageClient)]
pub async fn grants(server: String) -> Result<Vec<AccountGrant>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.grants.list(&actor, server).await?)
}

#[server(name = ListAccounts, prefix = "/api/pages", endpoint = "accounts", input = Json, output = Json, client = PageClient)]
pub async fn accounts(server: String) -> Result<Vec<AccountInfo>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.grants.accounts(&actor, server).await?)
}

#[server(name = AddGrant, prefix = "/api/pages", endpoint = "grant", input = Json, output = Json, client = PageClient)]
pub async fn grant(server: String, new: NewGrant) -> Result<AccountGrant, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.grants.create(&actor, server, new).await?)
}

/// Revokes a grant. Running sessions continue.
#[server(name = RemoveGrant, prefix = "/api/pages", endpoint = "revoke-grant", input = Json, output = Json, client = PageClient)]
pub async fn revoke_grant(server: String, id: GrantId) -> Result<(), PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.grants.revoke(&actor, server, id).await?)
}

/// Entries of the audit log, newest first: the page after a cursor.
#[server(name = ReadAudit, prefix = "/api/pages", endpoint = "audit", input = Json, output = Json, client = PageClient)]
pub async fn audit(filter: AuditFilter, cursor: Option<String>) -> Result<AuditPage, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.audit.list(&actor, filter, None, cursor.as_deref()).await?)
}
