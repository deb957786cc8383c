//! Names for shell completion, fetched from the server of the last sign-in while a person presses Tab. Any
//! failure completes nothing, without a message in the middle of a command line.

use std::{ffi::OsStr, future::Future, time::Duration};

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use protocol::api::{Life, Member, Scope, Server, Session, TokenInfo};
use tokio::{runtime::Builder, time::timeout};

use super::remote::{Remote, sessions};
use crate::{Failure, http::Client, output::as_word};

/// Time after which a slow server completes nothing.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Most sessions that are fetched.
const MAX_SESSIONS: usize = 500;

/// Value of an argument, with a description.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Value {
    word: String,
    help: String,
}

/// Completes the member's running sessions.
pub(super) fn own_sessions() -> ArgValueCompleter {
    completer(async |client| fetch_sessions(&client, Scope::Mine).await)
}

/// Completes the running sessions of all members.
pub(super) fn all_sessions() -> ArgValueCompleter {
    completer(async |client| fetch_sessions(&client, Scope::All).await)
}

/// Completes `SERVER:ACCOUNT`.
pub(super) fn targets() -> ArgValueCompleter {
    completer(async |client| {
        let servers: Vec<Server> = client.get("/servers").await?;
        let targets = servers.into_iter().flat_map(|server| {
            let words = server.accounts.iter().map(|account| format!("{}:{account}", server.id));
            words.map(|word| Value { word, help: server.name.clone() }).collect::<Vec<_>>()
        });
        Ok(targets.collect())
    })
}

/// Completes the ids of servers.
pub(super) fn servers() -> ArgValueCompleter {
    completer(async |client| {
        let servers: Vec<Server> = client.get("/servers").await?;
        Ok(servers.into_iter().map(|it| Value { word: it.id, help: it.name }).collect())
    })
}

/// Completes the email addresses of members.
pub(super) fn members() -> ArgValueCompleter {
    completer(async |client| {
        let members: Vec<Member> = client.get("/members").await?;
        Ok(members.into_iter().map(|it| Value { word: it.email, help: it.name }).collect())
    })
}

/// Completes the member's API tokens.
pub(super) fn tokens() -> ArgValueCompleter {
    completer(async |client| {
        let tokens: Vec<TokenInfo> = client.get("/tokens").await?;
        Ok(tokens.into_iter().map(|it| named(it.name, it.id.to_string())).collect())
    })
}

async fn fetch_sessions(client: &Client, scope: Scope) -> Result<Vec<Value>, Failure> {
    let found: Vec<Session> = sessions(client, scope, Life::Active, MAX_SESSIONS).await?;
    Ok(found.into_iter().map(|it| named(it.name, it.id.to_string())).collect())
}

/// Returns the name if it is a word in every shell, else the id.
fn named(name: String, id: String) -> Value {
    if as_word(&name) == name {
        Value { word: name, help: id }
    } else {
        Value { word: id, help: name }
    }
}

fn completer<F>(fetch: impl Fn(Client) -> F + Send + Sync + 'static) -> ArgValueCompleter
where
    F: Future<Output = Result<Vec<Value>, Failure>>,
{
    ArgValueCompleter::new(move |typed: &OsStr| {
        let fetched = async {
            let client = Remote::default().client()?;
            fetch(client).await
        };
        let runtime = Builder::new_current_thread().enable_all().build().ok();
        let values =
            runtime.and_then(|it| it.block_on(async { timeout(TIMEOUT, fetched).await }).ok());
        let values = values.and_then(Result::ok).unwrap_or_default();
        let matching = matching(values, &typed.to_string_lossy());
        let candidate = |it: Value| CompletionCandidate::new(it.word).help(Some(it.help.into()));
        matching.into_iter().map(candidate).collect()
    })
}

/// Returns the values that start with the typed text, by their word or by the name in their description.
fn matching(values: Vec<Value>, typed: &str) -> Vec<Value> {
    let starts = |value: &Value| value.word.starts_with(typed) || value.help.starts_with(typed);
    values.into_iter().filter(starts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_need_quotes_are_completed_by_id() {
        let values: Vec<Value> = [("build", "0193"), ("two words", "0194"), ("-x", "0195")]
            .map(|(name, id)| named(name.into(), id.into()))
            .into();
        for (typed, words) in [
            ("", &["build", "0194", "0195"][..]),
            ("b", &["build"]),
            ("0193", &["build"]),
            ("two", &["0194"]),
            ("none", &[]),
        ] {
            let found = matching(values.clone(), typed);
            let found: Vec<&str> = found.iter().map(|it| it.word.as_str()).collect();
            assert_eq!(found, words, "{typed}");
        }
    }
}
