//! `websh admin`: the sessions of all members, for staff and superusers.

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, ValueEnum};
use protocol::{
    api::{AdminFilter, AdminSession, AdminSessionPage, AdminSort, Drop, DropAll, DropResults},
    format,
    id::SessionId,
};
use serde::Serialize;

use super::{
    Ended, LocalCommand,
    complete::{all_sessions, members, servers},
    remote::{Options, PAGE, RunDir},
    sessions::state,
};
use crate::{
    Failure,
    http::Client,
    output::{now, print, print_json, table},
    prompt,
};

#[derive(Debug, Subcommand)]
pub enum Admin {
    #[command(name = "ls")]
    List(List),
    Drop(DropSome),
    DropAll(DropMatching),
}

/// List the sessions of all members.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    filter: Filter,
    /// Sort order.
    #[arg(long, value_enum, default_value_t)]
    sort: Sort,
    /// List the sessions of this machine without the web process (root or the service account).
    #[arg(long, conflicts_with_all = ["q", "owner", "server", "account", "idle", "attached", "sort"])]
    local: bool,
    #[command(flatten)]
    options: Options,
}

/// End sessions of any member, with everything that runs in them.
#[derive(Debug, Args)]
pub struct DropSome {
    /// Session ids or unique names.
    #[arg(value_name = "ID|NAME", required = true, add = all_sessions())]
    sessions: Vec<String>,
    /// Reason, shown to the owner and written to the audit log.
    #[arg(long)]
    reason: Option<String>,
    /// Drop sessions of this machine without the web process (root or the service account).
    #[arg(long)]
    local: bool,
    #[command(flatten)]
    options: Options,
}

/// End all sessions, or all that match a filter. Prompts for the workspace name and your password.
#[derive(Debug, Args)]
pub struct DropMatching {
    #[command(flatten)]
    filter: Filter,
    /// Keep your own sessions.
    #[arg(long)]
    keep_own: bool,
    /// Reason, shown to the owners and written to the audit log.
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    options: Options,
}

/// Filter on the sessions of all members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct Filter {
    /// Only sessions with TEXT in their name, owner, email, account or id.
    #[arg(long = "search", value_name = "TEXT")]
    q: Option<String>,
    /// Only sessions of this member.
    #[arg(long, value_name = "EMAIL", add = members())]
    owner: Option<String>,
    /// Only sessions on this server.
    #[arg(long, value_name = "ID", add = servers())]
    server: Option<String>,
    /// Only sessions of this account.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Only sessions idle for at least MINUTES.
    #[arg(long, value_name = "MINUTES")]
    idle: Option<u32>,
    /// Only sessions with (true) or without (false) an attached client.
    #[arg(long)]
    attached: Option<bool>,
}

impl From<Filter> for AdminFilter {
    fn from(filter: Filter) -> Self {
        let Filter { q, owner, server, account, idle, attached } = filter;
        Self { q, owner, server, account, idle_minutes: idle, attached }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Sort {
    /// Newest first.
    #[default]
    Created,
    /// Longest idle first.
    LastSeen,
    /// Most buffered bytes first.
    Bytes,
    /// Most memory first.
    Memory,
    /// Most CPU time first.
    Cpu,
    /// By owner.
    Owner,
    /// By name.
    Name,
}

impl From<Sort> for AdminSort {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Created => Self::CreatedAt,
            Sort::LastSeen => Self::LastSeen,
            Sort::Bytes => Self::BytesBuffered,
            Sort::Memory => Self::Memory,
            Sort::Cpu => Self::Cpu,
            Sort::Owner => Self::Owner,
            Sort::Name => Self::Name,
        }
    }
}

/// Query of the list of all sessions.
#[derive(Serialize)]
struct Query<'a> {
    limit: usize,
    sort: AdminSort,
    #[serde(flatten)]
    filter: &'a AdminFilter,
    cursor: Option<String>,
}

impl Admin {
    pub(super) async fn run(self, run_dir: RunDir<'_>) -> Result<Option<LocalCommand>, Failure> {
        match self {
            Self::List(list) => list.run(run_dir).await,
            Self::Drop(drop) => drop.run(run_dir).await,
            Self::DropAll(drop) => drop.run().await.map(|()| None),
        }
    }
}

impl List {
    async fn run(self, run_dir: RunDir<'_>) -> Result<Option<LocalCommand>, Failure> {
        let plain = self.filter == Filter::default() && self.sort == Sort::default();
        if self.options.remote.is_local(self.local, plain, run_dir).await? {
            return Ok(Some(LocalCommand::List { json: self.options.json }));
        }
        let client = self.options.remote.client()?;
        let page = all(&client, &self.filter.into(), self.sort.into()).await?;
        self.options.print(&page, |page| match page.items.as_slice() {
            [] => "No running sessions.".into(),
            found => list(found, now()),
        })?;
        Ok(None)
    }
}

impl DropSome {
    async fn run(self, run_dir: RunDir<'_>) -> Result<Option<LocalCommand>, Failure> {
        if self.options.remote.is_local(self.local, true, run_dir).await? {
            let (sessions, reason, json) = (self.sessions, self.reason, self.options.json);
            return Ok(Some(LocalCommand::Drop { sessions, reason, json }));
        }
        let mut ended = Ended::new(self.options.json, "Dropped");
        let outcome = self.each(&self.options.remote.client()?, &mut ended).await;
        ended.finish(outcome)?;
        Ok(None)
    }

    async fn each(&self, client: &Client, ended: &mut Ended) -> Result<(), Failure> {
        let body = Drop { reason: self.reason.clone() };
        for wanted in &self.sessions {
            let (id, name) = match wanted.parse::<SessionId>() {
                Ok(id) => (id, wanted.clone()),
                Err(_) => named(client, wanted).await?,
            };
            client.delete_with(&format!("/admin/sessions/{id}"), &body).await?;
            ended.add(id, name)?;
        }
        Ok(())
    }
}

impl DropMatching {
    async fn run(self) -> Result<(), Failure> {
        let client = self.options.remote.client()?;
        let confirm = prompt::line("Workspace name, to confirm")?;
        let password = prompt::secret("Password")?;
        let filter = AdminFilter::from(self.filter);
        let filter = Some(filter).filter(|filter| *filter != AdminFilter::default());
        let (keep_own, reason) = (self.keep_own, self.reason);
        let body = DropAll { confirm, password, filter, keep_own, reason };
        let dropped: DropResults = client.post("/admin/sessions/drop-all", &body).await?;
        if self.options.json {
            return print_json(&dropped);
        }
        let total = dropped.results.len();
        let failed: Vec<_> = dropped.results.iter().filter(|it| it.error.is_some()).collect();
        print(&format!("Dropped {} of {total} sessions.", total - failed.len()))?;
        if failed.is_empty() {
            return Ok(());
        }
        let lines = failed.iter().map(|it| {
            let reason = it.message.as_deref().or(it.error.as_deref()).unwrap_or_default();
            format!("\n{} ({}): {reason}", it.name, it.id)
        });
        Err(Failure::Message(format!("Not dropped:{}", lines.collect::<String>())))
    }
}

/// All pages of a list, as one page.
async fn all(
    client: &Client,
    filter: &AdminFilter,
    sort: AdminSort,
) -> Result<AdminSessionPage, Failure> {
    let mut whole = AdminSessionPage { items: Vec::new(), next: None, total: 0 };
    loop {
        let query = Query { limit: PAGE, sort, filter, cursor: whole.next };
        let page: AdminSessionPage = client.list("/admin/sessions", &query).await?;
        whole.total = page.total;
        whole.items.extend(page.items);
        whole.next = page.next;
        if whole.next.is_none() {
            return Ok(whole);
        }
    }
}

/// The only session with this name.
async fn named(client: &Client, wanted: &str) -> Result<(SessionId, String), Failure> {
    let filter = AdminFilter { q: Some(wanted.to_owned()), ..AdminFilter::default() };
    let found = all(client, &filter, AdminSort::Name).await?;
    let named = found.items.into_iter().filter(|it| it.session.name == wanted);
    let one = Failure::only("session", wanted, named)?;
    Ok((one.session.id, one.session.name))
}

fn list(sessions: &[AdminSession], now: DateTime<Utc>) -> String {
    let rows: Vec<Vec<String>> = sessions
        .iter()
        .map(|it| {
            let memory = it.memory_bytes.map_or_else(|| "-".into(), format::bytes);
            let cpu = it.cpu_permille.map_or_else(|| "-".into(), format::cpu);
            let stale = if it.stale { " (not responding)" } else { "" };
            vec![
                it.session.name.clone(),
                it.owner_email.clone(),
                format!("{}@{}", it.session.account, it.session.server),
                state(&it.session) + stale,
                format::ago(it.session.last_seen, now.timestamp_millis()),
                format::bytes(it.session.bytes_buffered),
                memory,
                cpu,
                it.session.id.to_string(),
            ]
        })
        .collect();
    let headings =
        ["NAME", "OWNER", "ACCOUNT", "STATE", "LAST USED", "BUFFERED", "MEMORY", "CPU", "ID"];
    table(&headings, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_becomes_a_query() {
        let query = |filter: &AdminFilter, sort, cursor: Option<&str>| {
            let cursor = cursor.map(str::to_owned);
            serde_urlencoded::to_string(Query { limit: 100, sort, filter, cursor }).unwrap()
        };
        let filter = AdminFilter {
            q: Some("a b&c".into()),
            idle_minutes: Some(5),
            attached: Some(false),
            ..AdminFilter::default()
        };
        assert_eq!(
            query(&filter, AdminSort::Cpu, Some("x=")),
            "limit=100&sort=cpu&q=a+b%26c&idle_minutes=5&attached=false&cursor=x%3D"
        );
        assert_eq!(query(&AdminFilter::default(), AdminSort::Name, None), "limit=100&sort=name");
    }
}
