//! `websh new`: opens a session and, where there is a terminal, attaches to it.

use std::io::{self, IsTerminal};

use clap::{Args, ValueEnum};
use protocol::api::{AttachPolicy, NewSession, Server, Session};

use super::{Failure, attach::Attach, remote::Remote, say, say_json};
use crate::terminal;

/// Open a session and attach to it.
#[derive(Debug, Args)]
pub(super) struct New {
    /// Where and as whom; the first of your servers and your default account there when not given.
    #[arg(value_name = "SERVER[:ACCOUNT]")]
    place: Option<String>,
    /// Its name; websh chooses one when not given.
    #[arg(long)]
    name: Option<String>,
    /// What a second client of yours does; the workspace's default when not given.
    #[arg(long, value_enum)]
    policy: Option<Policy>,
    /// Do not attach; print its id.
    #[arg(long)]
    detach: bool,
    /// As JSON; does not attach.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    keys: super::attach::Keys,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Policy {
    /// It takes over.
    Handoff,
    /// It is refused, unless it asks to take over.
    Single,
    /// Both stay; one drives at a time.
    Multi,
}

impl From<Policy> for AttachPolicy {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::Handoff => Self::Handoff,
            Policy::Single => Self::Single,
            Policy::Multi => Self::Multi,
        }
    }
}

impl New {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.remote.client()?;
        let servers: Vec<Server> = client.get("/servers").await?;
        let (server, account) = choose(&servers, self.place.as_deref().unwrap_or_default())?;
        let size = terminal::size();
        let new = NewSession {
            server,
            account,
            name: self.name,
            attach_policy: self.policy.map(Into::into),
            cols: size.map(|size| size.0),
            rows: size.map(|size| size.1),
            idempotency_key: Some(uuid::Uuid::new_v4().to_string()),
        };
        let session: Session = client.post("/sessions", &new).await?;
        if self.json {
            return say_json(&session);
        }
        let here = io::stdin().is_terminal() && io::stdout().is_terminal();
        if self.detach || !here {
            return say(&session.id.to_string());
        }
        Attach::to(client, session, &self.keys).await
    }
}

/// The server and account that are meant: each may be left out, a server goes by its id or its name.
fn choose(servers: &[Server], place: &str) -> Result<(String, String), Failure> {
    let (server, account) = place.split_once(':').unwrap_or((place, ""));
    let found = servers
        .iter()
        .find(|it| server.is_empty() || it.id == server)
        .or_else(|| servers.iter().find(|it| it.name == server));
    let Some(found) = found else {
        return Err(match server {
            "" => Failure::NotAllowed("There is no server that you may open sessions on.".into()),
            named => Failure::NotFound(format!("There is no server {named}.")),
        });
    };
    if !account.is_empty() {
        // Whether it exists and is granted is the server's to say.
        return Ok((found.id.clone(), account.to_owned()));
    }
    let first =
        found.accounts.first().cloned().ok_or_else(|| {
            Failure::NotAllowed(format!("You may use no account on {}.", found.name))
        })?;
    Ok((found.id.clone(), first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_the_first() {
        let server = |id: &str, name: &str, accounts: &[&str]| Server {
            id: id.into(),
            name: name.into(),
            online: true,
            accounts: accounts.iter().map(|it| (*it).to_owned()).collect(),
            unusable: Vec::new(),
            by_grant: false,
        };
        let servers = [server("local", "deep", &["ann", "www"]), server("edge", "local", &[])];
        for (place, chosen) in [
            ("", Some(("local", "ann"))),
            ("local", Some(("local", "ann"))),
            ("deep", Some(("local", "ann"))),
            ("deep:www", Some(("local", "www"))),
            (":root", Some(("local", "root"))),
            ("edge", None),
            ("moon", None),
        ] {
            let found = choose(&servers, place).ok();
            let chosen = chosen.map(|(server, account)| (server.to_owned(), account.to_owned()));
            assert_eq!(found, chosen, "{place}");
        }
        assert!(matches!(choose(&[], ""), Err(Failure::NotAllowed(_))));
        assert!(matches!(choose(&servers, "moon"), Err(Failure::NotFound(_))));
    }
}
