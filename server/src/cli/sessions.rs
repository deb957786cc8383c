//! `websh ls`, `close` and `rename`: the sessions of whoever is signed in.

use app::words;
use chrono::{DateTime, Utc};
use clap::Args;
use control::{Clock, System};
use protocol::api::{ChangeSession, Session, SessionPage, SessionState};

use super::{
    Failure,
    ended::Ended,
    remote::{Remote, find, local, sessions},
    say, say_json,
    table::table,
};
use crate::{
    client::Client,
    config::{Config, ConfigError},
};

/// List sessions.
#[derive(Debug, Args)]
pub(super) struct Ls {
    /// Everybody's: staff and superusers.
    #[arg(long)]
    all: bool,
    /// Those that have ended, the latest first.
    #[arg(long)]
    ended: bool,
    /// How many of those that have ended.
    #[arg(long, default_value_t = 50, requires = "ended")]
    limit: usize,
    /// Those of this machine, without the web process: root and the service's account.
    #[arg(long, conflicts_with_all = ["all", "ended"])]
    local: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    remote: Remote,
}

/// End a session and everything that runs in it.
#[derive(Debug, Args)]
pub(super) struct Close {
    /// Names or ids.
    #[arg(value_name = "ID|NAME", required = true)]
    sessions: Vec<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    remote: Remote,
}

/// Give a session another name.
#[derive(Debug, Args)]
pub(super) struct Rename {
    /// Its name or id.
    #[arg(value_name = "ID|NAME")]
    session: String,
    /// The new name.
    name: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    remote: Remote,
}

impl Ls {
    pub(super) async fn run(
        self,
        config: impl FnOnce() -> Result<Config, ConfigError>,
    ) -> Result<(), Failure> {
        if let Some(local) =
            local(self.local, !self.all && !self.ended, &self.remote, config).await?
        {
            return local.list(self.json);
        }
        let client = self.remote.client()?;
        let scope = if self.all { "all" } else { "mine" };
        let (state, most) = if self.ended { ("ended", self.limit) } else { ("active", usize::MAX) };
        let found = sessions(&client, &format!("scope={scope}&state={state}"), most).await?;
        if self.json {
            return say_json(&SessionPage { items: found, next: None });
        }
        if found.is_empty() {
            return say(if self.ended { "No session has ended." } else { "No session runs." });
        }
        say(&list(&found, self.all, System.now()))
    }
}

impl Close {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.remote.client()?;
        let mut ended = Ended::new(self.json, "closed");
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
        let client = self.remote.client()?;
        let session = find(&client, &self.session).await?;
        let change = ChangeSession { name: Some(self.name), ..ChangeSession::default() };
        let now: Session = client.patch(&format!("/sessions/{}", session.id), &change).await?;
        if self.json {
            return say_json(&now);
        }
        say(&format!("{} is called {} now.", session.name, now.name))
    }
}

/// The list for people, with owners when it is not only the own ones.
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
                words::ago(last, now.timestamp_millis()),
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

/// Where a session is in its life, in a few words.
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
    use crate::cli::remote::tests::session;

    #[test]
    fn states_in_words() {
        let since = DateTime::from_timestamp_millis(0).unwrap();
        let client = ActiveClient { who: "Ann".into(), device: "Firefox".into(), since };
        let one = session("one", 1);
        let over = |reason| Session {
            state: SessionState::Ended,
            end_reason: Some(reason),
            ..one.clone()
        };
        for (session, words) in [
            (one.clone(), "detached"),
            (Session { clients: 1, ..one.clone() }, "watched"),
            (Session { active_client: Some(client), ..one.clone() }, "attached, Firefox"),
            (Session { exit_code: Some(7), ..over(EndReason::Exited) }, "exited 7"),
            (Session { exit_signal: Some(9), ..over(EndReason::Exited) }, "exited by signal 9"),
            (
                Session { ended_by: Some("Bob".into()), ..over(EndReason::Dropped) },
                "dropped by Bob",
            ),
            (over(EndReason::Lost), "lost"),
        ] {
            assert_eq!(state(&session), words);
        }
    }
}
