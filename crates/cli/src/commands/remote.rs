//! The server and identity of a command, and sessions by name or id.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use protocol::{
    api::{Life, Scope, Session, SessionPage},
    format,
    id::SessionId,
};
use serde::Serialize;

use crate::{
    Failure,
    credentials::Credentials,
    http::{self, Client, Identity, ServerAddress},
    output::{print, print_json},
    settings::{Settings, environment},
};

/// Returns the directory of this machine's session sockets, if the configuration can be read.
pub type RunDir<'a> = &'a dyn Fn() -> Option<PathBuf>;

/// Most sessions in one page.
pub(super) const PAGE: usize = 100;

#[derive(Debug, Default, Args)]
pub(super) struct Remote {
    /// Address of websh [env: WEBSH_URL] [default: the last one you signed in to].
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// Options of commands that print a result.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub remote: Remote,
}

impl Options {
    /// Prints a result as JSON, or as the text that `text` makes of it.
    pub(super) fn print<T: Serialize>(
        &self,
        result: &T,
        text: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if self.json { print_json(result) } else { print(&text(result)) }
    }
}

impl Remote {
    /// Returns true if a server is named, by argument or by variable.
    fn is_named(&self) -> bool {
        self.url.is_some() || Settings::read(environment()).url.is_some()
    }

    /// The client of the signed-in member.
    pub(super) fn client(&self) -> Result<Client, Failure> {
        let settings = Settings::read(environment());
        let kept = match credentials_file(&settings) {
            Ok(path) => Credentials::load(&path)?,
            Err(_) => Credentials::default(),
        };
        let url = self.url.as_ref().or(settings.url.as_ref()).or(kept.current.as_ref());
        let Some(url) = url else { return Err(signed_out()) };
        let address = ServerAddress::parse(url)?;
        let known = kept.servers.get(&address.origin()).map(|known| known.token.clone());
        let token = settings.token.or(known).ok_or_else(signed_out)?;
        Ok(Client::new(address, Identity::Token(token))?)
    }

    /// Returns true if the command is for this machine's own sessions: if `requested`; if no server is
    /// named and no token is stored; or if the server of this machine is unreachable. The last two apply
    /// only if session sockets can answer the command (`plain`) and the caller may read `run_dir`.
    pub(super) async fn is_local(
        &self,
        requested: bool,
        plain: bool,
        run_dir: RunDir<'_>,
    ) -> Result<bool, Failure> {
        if requested || !plain {
            return Ok(requested);
        }
        let unreachable = match self.client() {
            Ok(client) if client.address().is_loopback() => match unreachable(&client).await {
                Some(error) => Some(error),
                None => return Ok(false),
            },
            Err(Failure::NotAllowed(_)) if !self.is_named() => None,
            _ => return Ok(false),
        };
        if run_dir().is_none_or(|dir| std::fs::read_dir(dir).is_err()) {
            return Ok(false);
        }
        if let Some(error) = unreachable {
            writeln!(io::stderr(), "websh: {error} Using the sessions of this machine.")?;
        }
        Ok(true)
    }
}

/// Returns the error of an unreachable server, or `None` if it answers, even with a refusal.
async fn unreachable(client: &Client) -> Option<http::Error> {
    client
        .check_server()
        .await
        .err()
        .filter(|error| matches!(error, http::Error::Unreachable { .. }))
}

fn signed_out() -> Failure {
    Failure::NotAllowed("You are not signed in. Run `websh login URL` first.".into())
}

pub(super) fn credentials_file(settings: &Settings) -> Result<PathBuf, Failure> {
    let folder = settings.folder.as_ref().ok_or_else(|| {
        Failure::Message("Could not store credentials: HOME is not set to an absolute path.".into())
    })?;
    Ok(folder.join("credentials.toml"))
}

/// Query of the list of sessions.
#[derive(Serialize)]
struct Query {
    scope: Scope,
    state: Life,
    limit: usize,
    cursor: Option<String>,
}

/// Sessions of a list, up to `limit`.
pub(super) async fn sessions(
    client: &Client,
    scope: Scope,
    state: Life,
    limit: usize,
) -> Result<Vec<Session>, Failure> {
    let mut found: Vec<Session> = Vec::new();
    let mut cursor: Option<String> = None;
    while found.len() < limit {
        let query = Query { scope, state, limit: (limit - found.len()).min(PAGE), cursor };
        let page: SessionPage = client.list("/sessions", &query).await?;
        found.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    Ok(found)
}

/// The running session with this id, beginning of an id, or name.
pub(super) async fn find(client: &Client, wanted: &str) -> Result<Session, Failure> {
    if let Ok(id) = wanted.parse::<SessionId>() {
        return Ok(client.get(&format!("/sessions/{id}")).await?);
    }
    let running = sessions(client, Scope::Mine, Life::Active, usize::MAX).await?;
    let found = pick(&running, wanted);
    if found.is_empty() {
        let ended = sessions(client, Scope::Mine, Life::Ended, PAGE).await?;
        if let [session] = pick(&ended, wanted)[..] {
            return Err(Failure::Ended(format::ending(session)));
        }
    }
    Failure::only("session", wanted, found.into_iter().cloned())
}

/// The sessions with this name or, if there are none, with this beginning of an id.
fn pick<'a>(sessions: &'a [Session], wanted: &str) -> Vec<&'a Session> {
    let named: Vec<_> = sessions.iter().filter(|session| session.name == wanted).collect();
    if !named.is_empty() || wanted.is_empty() {
        return named;
    }
    sessions.iter().filter(|session| session.id.to_string().starts_with(wanted)).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use protocol::api::samples;

    use super::*;

    pub fn session(name: &str, id: u128) -> Session {
        Session { name: name.to_owned(), ..samples::session(id) }
    }

    #[test]
    fn names_take_precedence_and_must_be_unique() {
        let sessions = [
            session("build", 0x0193_0000 << 96),
            session("0193", 0x0194_0000 << 96),
            session("twin", 1),
            session("twin", 2),
        ];
        for (wanted, found) in [
            ("build", &[0][..]),
            ("0193", &[1]),
            ("01930", &[0]),
            ("0194", &[1]),
            ("019", &[0, 1]),
            ("twin", &[2, 3]),
            ("none", &[]),
            ("", &[]),
        ] {
            let found: Vec<_> = found.iter().map(|at: &usize| &sessions[*at]).collect();
            assert_eq!(pick(&sessions, wanted), found, "{wanted}");
        }
    }
}
