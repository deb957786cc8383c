//! `websh ls`, `close` and `rename`: the sessions of the signed-in member.

use chrono::{DateTime, Utc};
use clap::Args;
use protocol::{
    api::{ChangeSession, Life, Scope, Session, SessionPage, SessionState},
    format,
};

use super::{
    Ended, LocalCommand,
    complete::own_sessions,
    remote::{Options, RunDir, find, sessions},
};
use crate::{
    Failure,
    http::Client,
    output::{now, table},
};

/// List sessions.
#[derive(Debug, Args)]
pub struct Ls {
    /// List the sessions of all members (staff and superusers).
    #[arg(long)]
    all: bool,
    /// List ended sessions, latest first.
    #[arg(long)]
    ended: bool,
    /// Maximum number of ended sessions.
    #[arg(long, value_name = "NUMBER", default_value_t = 50, requires = "ended")]
    limit: usize,
    /// List the sessions of this machine without the web process (root or the service account).
    #[arg(long, conflicts_with_all = ["all", "ended"])]
    local: bool,
    #[command(flatten)]
    options: Options,
}

/// End sessions, with everything that runs in them.
#[derive(Debug, Args)]
pub struct Close {
    /// Session names or ids.
    #[arg(value_name = "ID|NAME", required = true, add = own_sessions())]
    sessions: Vec<String>,
    #[command(flatten)]
    options: Options,
}

/// Rename a session.
#[derive(Debug, Args)]
pub struct Rename {
    /// Session name or id.
    #[arg(value_name = "ID|NAME", add = own_sessions())]
    session: String,
    /// New name.
    name: String,
    #[command(flatten)]
    options: Options,
}

impl Ls {
    pub(super) async fn run(self, run_dir: RunDir<'_>) -> Result<Option<LocalCommand>, Failure> {
        let plain = !self.all && !self.ended;
        if self.options.remote.is_local(self.local, plain, run_dir).await? {
            return Ok(Some(LocalCommand::List { json: self.options.json }));
        }
        let client = self.options.remote.client()?;
        let scope = if self.all { Scope::All } else { Scope::Mine };
        let (state, limit) =
            if self.ended { (Life::Ended, self.limit) } else { (Life::Active, usize::MAX) };
        let found = sessions(&client, scope, state, limit).await?;
        let page = SessionPage { items: found, next: None };
        self.options.print(&page, |page| match (page.items.as_slice(), self.ended) {
            ([], true) => "No ended sessions.".into(),
            ([], false) => "No running sessions.".into(),
            (found, _) => list(found, self.all, now()),
        })?;
        Ok(None)
    }
}

impl Close {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.options.remote.client()?;
        let mut ended = Ended::new(self.options.json, "Closed");
        let outcome = self.each(&client, &mut ended).await;
        ended.finish(outcome)
    }

    async fn each(&self, client: &Client, ended: &mut Ended) -> Result<(), Failure> {
        for wanted in &self.sessions {
            let session = find(client, wanted).await?;
            client.delete(&format!("/sessions/{}", session.id)).await?;
            ended.add(session.id, session.name)?;
        }
        Ok(())
    }
}

impl Rename {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.options.remote.client()?;
        let session = find(&client, &self.session).await?;
        let change = ChangeSession { name: Some(self.name), ..ChangeSession::default() };
        let renamed: Session = client.patch(&format!("/sessions/{}", session.id), &change).await?;
        self.options.print(&renamed, |it| format!("Renamed {} to {}.", session.name, it.name))
    }
}

/// The table of sessions, with an owner column when it lists those of all members.
fn list(sessions: &[Session], owners: bool, now: DateTime<Utc>) -> String {
    let mut headings = vec!["NAME", "ACCOUNT", "STATE", "LAST USED", "ID"];
    if owners {
        headings.insert(1, "OWNER");
    }
    let rows: Vec<Vec<String>> = sessions
        .iter()
        .map(|session| {
            let last = session.ended_at.unwrap_or(session.last_seen);
            let mut row = vec![
                session.name.clone(),
                format!("{}@{}", session.account, session.server),
                state(session),
                format::ago(last, now.timestamp_millis()),
                session.id.to_string(),
            ];
            if owners {
                row.insert(1, session.owner.clone());
            }
            row
        })
        .collect();
    table(&headings, &rows)
}

/// State of a session, in a few words.
pub(super) fn state(session: &Session) -> String {
    match (session.state, session.end_reason, &session.active_client) {
        (SessionState::Starting, ..) => "starting".into(),
        (SessionState::Active, _, Some(client)) => format!("attached, {}", client.device),
        (SessionState::Active, _, None) if session.clients > 0 => "watched".into(),
        (SessionState::Active, ..) => "detached".into(),
        (SessionState::Ended, reason, _) => {
            let reason = reason.map_or("ended", |reason| reason.code());
            let status = session.exit_code.map(|code| format!(" {code}"));
            let signal = session.exit_signal.map(|signal| format!(" by signal {signal}"));
            let detail = status.or(signal).filter(|_| reason == "exited").unwrap_or_default();
            let by = session.ended_by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
            format!("{reason}{detail}{by}")
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::api::{ActiveClient, EndReason};

    use super::*;
    use crate::commands::remote::tests::session;

    #[test]
    fn states_are_described_in_a_few_words() {
        let since = DateTime::from_timestamp_millis(0).unwrap();
        let client = ActiveClient { who: "Ann".into(), device: "Firefox".into(), since };
        let one = session("one", 1);
        let ended = |reason| Session {
            state: SessionState::Ended,
            end_reason: Some(reason),
            ..one.clone()
        };
        for (session, text) in [
            (one.clone(), "detached"),
            (Session { clients: 1, ..one.clone() }, "watched"),
            (Session { active_client: Some(client), ..one.clone() }, "attached, Firefox"),
            (Session { exit_code: Some(7), ..ended(EndReason::Exited) }, "exited 7"),
            (Session { exit_signal: Some(9), ..ended(EndReason::Exited) }, "exited by signal 9"),
            (
                Session { ended_by: Some("Bob".into()), ..ended(EndReason::Dropped) },
                "dropped by Bob",
            ),
            (ended(EndReason::Lost), "lost"),
        ] {
            assert_eq!(state(&session), text);
        }
    }
}
