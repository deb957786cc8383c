//! Which websh a command is for and who asks it; sessions by their name or id.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use protocol::{
    api::{Me, Session, SessionPage},
    id::SessionId,
};

use super::{Failure, local::Local};
use crate::{
    client::{self, Client, Credentials, Identity, Place},
    config::{Config, ConfigError, Person, environment},
};

/// Most sessions of a page.
const PAGE: usize = 100;

/// Which websh.
#[derive(Debug, Args)]
pub(super) struct Remote {
    /// The websh to ask; the one signed in to last when not given. WEBSH_URL says it too.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

impl Remote {
    /// Whether a websh is named, as an argument or by a variable.
    fn is_named(&self) -> bool {
        self.url.is_some() || Person::read(environment()).url.is_some()
    }

    /// The client of whoever is signed in.
    pub(super) fn client(&self) -> Result<Client, Failure> {
        let person = Person::read(environment());
        let kept = match credentials_file(&person) {
            Ok(path) => Credentials::load(&path)?,
            Err(_) => Credentials::default(),
        };
        let url = self.url.as_ref().or(person.url.as_ref()).or(kept.current.as_ref());
        let Some(url) = url else { return Err(nobody()) };
        let place = Place::parse(url)?;
        let known = kept.servers.get(&place.origin()).map(|known| known.token.clone());
        let token = person.token.or(known).ok_or_else(nobody)?;
        Ok(Client::new(place, Identity::Token(token)))
    }
}

/// The sessions of this machine, when they are meant: `said` so; or no websh is named and nobody has
/// signed in; or the websh of this machine does not answer. The latter two only for what `plain` sockets
/// can tell, and where the caller may look at them. A configuration is needed only then.
pub(super) async fn local(
    said: bool,
    plain: bool,
    remote: &Remote,
    config: impl FnOnce() -> Result<Config, ConfigError>,
) -> Result<Option<Local>, Failure> {
    if said {
        return Ok(Some(Local::open(&config()?).await?));
    }
    let (meant, away) = match remote.client() {
        Ok(client) if plain && client.place().is_here() => {
            let away = away(&client).await;
            (away.is_some(), away)
        }
        Err(Failure::NotAllowed(_)) => (plain && !remote.is_named(), None),
        _ => (false, None),
    };
    match config() {
        Ok(config) if meant && std::fs::read_dir(config.data_dir.join("run")).is_ok() => {
            if let Some(away) = away {
                writeln!(io::stderr(), "websh: {away} These are the sessions of this machine.")?;
            }
            Ok(Some(Local::open(&config).await?))
        }
        _ => Ok(None),
    }
}

/// Why a websh can't be reached; none where it answers, whatever it says.
async fn away(client: &Client) -> Option<client::Error> {
    let answer = client.get::<Me>("/me").await;
    answer.err().filter(|error| matches!(error, client::Error::Unreachable { .. }))
}

fn nobody() -> Failure {
    Failure::NotAllowed("Not signed in. `websh login URL` signs in.".into())
}

/// Where credentials are kept.
pub(super) fn credentials_file(person: &Person) -> Result<PathBuf, Failure> {
    let folder = person.folder.as_ref().ok_or_else(|| {
        Failure::Sentence("There is no home directory to keep credentials in.".into())
    })?;
    Ok(folder.join("credentials.toml"))
}

/// Sessions of a listing, up to `most` of them.
pub(super) async fn sessions(
    client: &Client,
    query: &str,
    most: usize,
) -> Result<Vec<Session>, Failure> {
    let mut found: Vec<Session> = Vec::new();
    let mut cursor: Option<String> = None;
    while found.len() < most {
        let limit = (most - found.len()).min(PAGE);
        let mut path = format!("/sessions?{query}&limit={limit}");
        if let Some(cursor) = &cursor {
            path.push_str("&cursor=");
            path.extend(form_urlencoded::byte_serialize(cursor.as_bytes()));
        }
        let page: SessionPage = client.get(&path).await?;
        found.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    Ok(found)
}

/// The living session that is meant by its id, the beginning of it, or its name.
pub(super) async fn find(client: &Client, wanted: &str) -> Result<Session, Failure> {
    if let Ok(id) = wanted.parse::<SessionId>() {
        return Ok(client.get(&format!("/sessions/{id}")).await?);
    }
    let living = sessions(client, "state=active", usize::MAX).await?;
    match pick(&living, wanted) {
        Ok(found) => Ok(found.clone()),
        Err(0) => {
            let ended = sessions(client, "state=ended", PAGE).await?;
            match pick(&ended, wanted) {
                Ok(over) => Err(Failure::Over(app::words::ending(over))),
                Err(_) => Err(Failure::NotFound(format!("There is no session {wanted}."))),
            }
        }
        Err(_) => Err(Failure::Sentence(format!(
            "Several sessions are called {wanted}: name one by its id."
        ))),
    }
}

/// The one session that is meant; how many could be if it is not one. A name goes before an id.
fn pick<'a>(sessions: &'a [Session], wanted: &str) -> Result<&'a Session, usize> {
    let one = |found: Vec<&'a Session>| match found.as_slice() {
        [one] => Ok(*one),
        several => Err(several.len()),
    };
    let named = sessions.iter().filter(|session| session.name == wanted).collect();
    let begins = |session: &&Session| session.id.to_string().starts_with(wanted);
    match one(named) {
        Err(0) if !wanted.is_empty() => one(sessions.iter().filter(begins).collect()),
        other => other,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    pub fn session(name: &str, id: u128) -> Session {
        serde_json::from_value(json!({
            "id": uuid::Uuid::from_u128(id), "name": name, "owner": "Ann", "server": "local",
            "account": "ann", "state": "active", "attach_policy": "handoff",
            "created_at": "2026-11-21T08:00:00Z", "last_seen": "2026-11-21T08:00:00Z",
            "bytes_buffered": 0, "clients": 0, "guests": 0, "title": "", "cols": 80, "rows": 24,
        }))
        .unwrap()
    }

    #[test]
    fn names_go_before_ids_and_must_be_clear() {
        let sessions = [
            session("build", 0x0193_0000 << 96),
            session("0193", 0x0194_0000 << 96),
            session("twin", 1),
            session("twin", 2),
        ];
        for (wanted, found) in [
            ("build", Ok(0)),
            ("0193", Ok(1)),
            ("01930", Ok(0)),
            ("0194", Ok(1)),
            ("019", Err(2)),
            ("twin", Err(2)),
            ("none", Err(0)),
            ("", Err(0)),
        ] {
            let found = found.map(|at: usize| &sessions[at]);
            assert_eq!(pick(&sessions, wanted), found, "{wanted}");
        }
    }
}
