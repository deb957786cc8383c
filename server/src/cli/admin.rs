//! `websh admin`: everybody's sessions, for staff and superusers.

use app::words;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, ValueEnum};
use control::{Clock, System};
use form_urlencoded::Serializer;
use protocol::{
    api::{AdminFilter, AdminSession, AdminSessionPage, Drop, DropAll, DropResults},
    id::SessionId,
};

use super::{
    Failure, ask,
    ended::Ended,
    local::Local,
    remote::{Remote, local},
    say, say_json,
    sessions::state,
    table::table,
};
use crate::{
    client::Client,
    config::{Config, ConfigError},
};

#[derive(Debug, Subcommand)]
pub(super) enum Admin {
    Ls(Ls),
    Drop(DropOne),
    DropAll(DropMany),
}

/// List everybody's sessions.
#[derive(Debug, Args)]
pub(super) struct Ls {
    #[command(flatten)]
    filter: Filter,
    /// What to sort by.
    #[arg(long, value_enum, default_value_t)]
    sort: Sort,
    /// Those of this machine, without the web process: root and the service's account.
    #[arg(long, conflicts_with_all = ["q", "owner", "server", "account", "idle", "attached", "sort"])]
    local: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    remote: Remote,
}

/// End somebody's session and everything that runs in it.
#[derive(Debug, Args)]
pub(super) struct DropOne {
    /// Ids, or names where only one session has it.
    #[arg(value_name = "ID|NAME", required = true)]
    sessions: Vec<String>,
    /// Why, for the owner and the audit log.
    #[arg(long)]
    reason: Option<String>,
    /// Those of this machine, without the web process: root and the service's account.
    #[arg(long)]
    local: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    remote: Remote,
}

/// End all sessions, or all that a filter lets through. Asks for the workspace's name and the password.
#[derive(Debug, Args)]
pub(super) struct DropMany {
    #[command(flatten)]
    filter: Filter,
    /// Leave your own alone.
    #[arg(long)]
    keep_own: bool,
    /// Why, for the owners and the audit log.
    #[arg(long)]
    reason: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    remote: Remote,
}

/// Which of all sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub(super) struct Filter {
    /// Part of name, owner, address, account or id.
    #[arg(long = "search", value_name = "TEXT")]
    q: Option<String>,
    /// The owner's e-mail address.
    #[arg(long, value_name = "EMAIL")]
    owner: Option<String>,
    /// Server id.
    #[arg(long)]
    server: Option<String>,
    /// Account.
    #[arg(long)]
    account: Option<String>,
    /// Unused for at least so many minutes.
    #[arg(long, value_name = "MINUTES")]
    idle: Option<u32>,
    /// Whether anybody is attached.
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
    /// Unused for longest first.
    LastSeen,
    /// Most bytes first.
    Bytes,
    /// Most memory first.
    Memory,
    /// Most processor time first.
    Cpu,
    /// By owner.
    Owner,
    /// By name.
    Name,
}

impl Sort {
    fn word(self) -> &'static str {
        match self {
            Self::Created => "created_at",
            Self::LastSeen => "last_seen",
            Self::Bytes => "bytes_buffered",
            Self::Memory => "memory",
            Self::Cpu => "cpu",
            Self::Owner => "owner",
            Self::Name => "name",
        }
    }
}

impl Admin {
    pub(super) async fn run(
        self,
        config: impl FnOnce() -> Result<Config, ConfigError>,
    ) -> Result<(), Failure> {
        match self {
            Self::Ls(ls) => ls.run(config).await,
            Self::Drop(drop) => drop.run(config).await,
            Self::DropAll(drop) => drop.run().await,
        }
    }
}

impl Ls {
    async fn run(
        self,
        config: impl FnOnce() -> Result<Config, ConfigError>,
    ) -> Result<(), Failure> {
        let plain = self.filter == Filter::default() && self.sort == Sort::default();
        if let Some(local) = local(self.local, plain, &self.remote, config).await? {
            return local.list(self.json);
        }
        let client = self.remote.client()?;
        let page = all(&client, &self.filter.into(), self.sort.word()).await?;
        if self.json {
            return say_json(&page);
        }
        if page.items.is_empty() {
            return say("No session runs.");
        }
        say(&list(&page.items, System.now()))
    }
}

impl DropOne {
    async fn run(
        self,
        config: impl FnOnce() -> Result<Config, ConfigError>,
    ) -> Result<(), Failure> {
        let mut ended = Ended::new(self.json, "dropped");
        let outcome = match local(self.local, true, &self.remote, config).await? {
            Some(local) => self.each_here(&local, &mut ended).await,
            None => self.each(&self.remote.client()?, &mut ended).await,
        };
        ended.finish(outcome)
    }

    async fn each_here(&self, local: &Local, ended: &mut Ended) -> Result<(), Failure> {
        for wanted in &self.sessions {
            let id = local.drop(wanted, self.reason.as_deref()).await?;
            ended.add(id, wanted.clone())?;
        }
        Ok(())
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

impl DropMany {
    async fn run(self) -> Result<(), Failure> {
        let client = self.remote.client()?;
        let confirm = ask::line("The workspace's name, to confirm")?;
        let password = ask::secret("Password")?;
        let filter = AdminFilter::from(self.filter);
        let filter = Some(filter).filter(|filter| *filter != AdminFilter::default());
        let (keep_own, reason) = (self.keep_own, self.reason);
        let body = DropAll { confirm, password, filter, keep_own, reason };
        let done: DropResults = client.post("/admin/sessions/drop-all", &body).await?;
        if self.json {
            return say_json(&done);
        }
        let failed: Vec<_> = done.results.iter().filter(|it| it.error.is_some()).collect();
        say(&format!(
            "{} of {} sessions dropped.",
            done.results.len() - failed.len(),
            done.results.len()
        ))?;
        if failed.is_empty() {
            return Ok(());
        }
        let lines = failed.iter().map(|it| {
            let why = it.message.as_deref().or(it.error.as_deref()).unwrap_or_default();
            format!("\n{} ({}): {why}", it.name, it.id)
        });
        Err(Failure::Sentence(format!("These were not dropped:{}", lines.collect::<String>())))
    }
}

/// Everything that matches, as one page.
async fn all(
    client: &Client,
    filter: &AdminFilter,
    sort: &str,
) -> Result<AdminSessionPage, Failure> {
    let mut whole = AdminSessionPage { items: Vec::new(), next: None, total: 0 };
    loop {
        let query = query(filter, sort, whole.next.as_deref());
        let page: AdminSessionPage = client.get(&format!("/admin/sessions?{query}")).await?;
        whole.total = page.total;
        whole.items.extend(page.items);
        whole.next = page.next;
        if whole.next.is_none() {
            return Ok(whole);
        }
    }
}

fn query(filter: &AdminFilter, sort: &str, cursor: Option<&str>) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("limit", "100").append_pair("sort", sort);
    let idle = filter.idle_minutes.map(|minutes| minutes.to_string());
    let attached = filter.attached.map(|attached| attached.to_string());
    for (name, value) in [
        ("q", filter.q.as_deref()),
        ("owner", filter.owner.as_deref()),
        ("server", filter.server.as_deref()),
        ("account", filter.account.as_deref()),
        ("idle_minutes", idle.as_deref()),
        ("attached", attached.as_deref()),
        ("cursor", cursor),
    ] {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    query.finish()
}

/// The one session of that name.
async fn named(client: &Client, wanted: &str) -> Result<(SessionId, String), Failure> {
    let filter = AdminFilter { q: Some(wanted.to_owned()), ..AdminFilter::default() };
    let found = all(client, &filter, "name").await?;
    let mut called = found.items.iter().filter(|it| it.session.name == wanted);
    match (called.next(), called.next()) {
        (Some(one), None) => Ok((one.session.id, one.session.name.clone())),
        (None, _) => Err(Failure::NotFound(format!("There is no session {wanted}."))),
        (Some(_), Some(_)) => Err(Failure::Sentence(format!(
            "Several sessions are called {wanted}: name one by its id."
        ))),
    }
}

fn list(sessions: &[AdminSession], now: DateTime<Utc>) -> String {
    let rows: Vec<Vec<String>> = sessions
        .iter()
        .map(|it| {
            let memory = it.memory_bytes.map_or_else(|| "-".into(), words::bytes);
            let cpu = it.cpu_permille.map_or_else(|| "-".into(), |cpu| format!("{} %", cpu / 10));
            let stale = if it.stale { " (does not answer)" } else { "" };
            vec![
                it.session.name.clone(),
                it.owner_email.clone(),
                format!("{}@{}", it.session.account, it.session.server),
                state(&it.session) + stale,
                words::ago(it.session.last_seen, now.timestamp_millis()),
                words::bytes(it.session.bytes_buffered),
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
    fn a_filter_is_a_query() {
        let filter = AdminFilter {
            q: Some("a b&c".into()),
            idle_minutes: Some(5),
            attached: Some(false),
            ..AdminFilter::default()
        };
        assert_eq!(
            query(&filter, "cpu", Some("x=")),
            "limit=100&sort=cpu&q=a+b%26c&idle_minutes=5&attached=false&cursor=x%3D"
        );
        assert_eq!(query(&AdminFilter::default(), "name", None), "limit=100&sort=name");
    }
}
