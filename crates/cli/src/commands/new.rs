//! `websh new`: creates a session and, in a terminal, attaches to it.

use std::io::{self, IsTerminal};

use clap::{Args, builder::TypedValueParser};
use protocol::api::{AttachMode, AttachPolicy, NewSession, Server, Session};

use super::{
    attach::{Keys, show},
    choices::choices,
    complete::targets,
    remote::Remote,
};
use crate::{
    Failure, attach,
    output::{print, print_json},
};

/// Create a session and attach to it.
#[derive(Debug, Args)]
pub struct New {
    /// Server and account to run the session on [default: your first server and your default account there].
    #[arg(value_name = "SERVER[:ACCOUNT]", add = targets())]
    target: Option<String>,
    /// Session name [default: generated].
    #[arg(long)]
    name: Option<String>,
    /// Attach policy [default: that of the workspace].
    #[arg(long, value_parser = policy())]
    policy: Option<AttachPolicy>,
    /// Print the session id instead of attaching.
    #[arg(long)]
    detach: bool,
    /// Print JSON instead of attaching.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    keys: Keys,
    #[command(flatten)]
    remote: Remote,
}

fn policy() -> impl TypedValueParser<Value = AttachPolicy> {
    choices(&[
        ("handoff", "The second client takes over"),
        ("single", "The second client is refused unless it takes over explicitly"),
        ("multi", "Both stay attached; one drives at a time"),
    ])
}

impl New {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.remote.client()?;
        let servers: Vec<Server> = client.get("/servers").await?;
        let (server, account) = choose(&servers, self.target.as_deref().unwrap_or_default())?;
        let size = attach::size();
        let new = NewSession {
            server,
            account,
            name: self.name,
            attach_policy: self.policy,
            cols: size.map(|size| size.0),
            rows: size.map(|size| size.1),
            idempotency_key: Some(uuid::Uuid::new_v4().to_string()),
        };
        let session: Session = client.post("/sessions", &new).await?;
        if self.json {
            return print_json(&session);
        }
        let in_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        if self.detach || !in_terminal {
            return print(&session.id.to_string());
        }
        show(client, session, AttachMode::Drive, false, &self.keys).await
    }
}

/// Server id and account for `SERVER:ACCOUNT`, where either part may be missing and the server may be
/// given by id or name.
fn choose(servers: &[Server], target: &str) -> Result<(String, String), Failure> {
    let (server, account) = target.split_once(':').unwrap_or((target, ""));
    let found = servers
        .iter()
        .find(|it| server.is_empty() || it.id == server)
        .or_else(|| servers.iter().find(|it| it.name == server));
    let Some(found) = found else {
        return Err(match server {
            "" => Failure::NotAllowed(
                "You have no account on any server. Ask a superuser to grant you one.".into(),
            ),
            name => Failure::NotFound(format!("No server is named {name}.")),
        });
    };
    if !account.is_empty() {
        // The server checks that the account exists and is granted.
        return Ok((found.id.clone(), account.to_owned()));
    }
    let first = found.accounts.first().cloned().ok_or_else(|| {
        Failure::NotAllowed(format!(
            "You have no account on {}. Ask a superuser to grant you one.",
            found.name
        ))
    })?;
    Ok((found.id.clone(), first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_parts_default_to_the_first() {
        let server = |id: &str, name: &str, accounts: &[&str]| Server {
            id: id.into(),
            name: name.into(),
            online: true,
            accounts: accounts.iter().map(|it| (*it).to_owned()).collect(),
            unusable: Vec::new(),
            by_grant: false,
        };
        let servers = [server("local", "deep", &["ann", "www"]), server("edge", "local", &[])];
        for (target, chosen) in [
            ("", Some(("local", "ann"))),
            ("local", Some(("local", "ann"))),
            ("deep", Some(("local", "ann"))),
            ("deep:www", Some(("local", "www"))),
            (":root", Some(("local", "root"))),
            ("edge", None),
            ("moon", None),
        ] {
            let found = choose(&servers, target).ok();
            let chosen = chosen.map(|(server, account)| (server.to_owned(), account.to_owned()));
            assert_eq!(found, chosen, "{target}");
        }
        assert!(matches!(choose(&[], ""), Err(Failure::NotAllowed(_))));
        assert!(matches!(choose(&servers, "moon"), Err(Failure::NotFound(_))));
    }
}
