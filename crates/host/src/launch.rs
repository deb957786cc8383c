//! Starting a session process: its parameters and its first report.

use std::{path::PathBuf, process::Stdio, time::Duration};

use prost::Message;
use protocol::{
    id::SessionId,
    wire::{self, Report, Rules, Started, Variable, started::Outcome},
};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    time::timeout,
};

use crate::{Account, Config, Error, accounts, run_dir};

/// Time limit for a session process to start its shell.
const START_TIMEOUT: Duration = Duration::from_secs(10);

/// `PATH` of a session if the service has none.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

#[derive(Clone, Debug)]
pub struct Start {
    pub id: SessionId,
    /// Name of one of [`accounts`](crate::accounts()).
    pub account: String,
    pub cols: u16,
    pub rows: u16,
    /// Shell, instead of the account's login shell.
    pub shell: Option<PathBuf>,
    pub scrollback: u32,
    /// Rules for its lifetime and participants.
    pub rules: Rules,
}

/// Starts a session process and waits until it has started its shell.
pub async fn launch(config: &Config, start: Start) -> Result<Report, Error> {
    let account = accounts::find_account(&start.account)?;
    let id = start.id;
    let directory = run_dir::directory(&config.run_dir, id);
    run_dir::create(&directory).map_err(Error::Directory)?;
    let request = parameters(start, &account, directory.to_string_lossy().into_owned());
    let outcome = run(config, id, &request).await;
    if outcome.is_err() {
        run_dir::remove(&config.run_dir, id);
    }
    outcome
}

async fn run(config: &Config, id: SessionId, request: &wire::Start) -> Result<Report, Error> {
    let mut child = spawn(config, id)?;
    match timeout(START_TIMEOUT, exchange(&mut child, request)).await {
        Ok(Ok(report)) => {
            // Reaps the process if it ends before this one.
            tokio::spawn(async move { child.wait().await });
            Ok(report)
        }
        Ok(Err(error)) => {
            let _ = child.wait().await;
            Err(error)
        }
        Err(_) => {
            let _ = child.kill().await;
            Err(Error::Spawn("The session did not start within 10 seconds.".into()))
        }
    }
}

fn spawn(config: &Config, id: SessionId) -> Result<Child, Error> {
    let child = Command::new(&config.program)
        // Identifies the session in the list of processes.
        .arg(id.to_string())
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| {
            Error::Spawn(format!("{} could not be started: {error}.", config.program.display()))
        })?;
    limit_open_files(&child, config.open_files);
    Ok(child)
}

/// Sets the soft limit of open files that the shell inherits. Programs that use `select` need the usual
/// one, and some close every descriptor below it.
fn limit_open_files(child: &Child, soft: Option<u64>) {
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let (Some(pid), Some(soft)) = (pid, soft) {
        let limit = getrlimit(Resource::Nofile);
        let limit = Rlimit { current: Some(soft), ..limit };
        if let Err(error) = prlimit(Some(pid), Resource::Nofile, limit) {
            tracing::warn!(%error, "the limit of open files of the service applies to a shell");
        }
    }
}

async fn exchange(child: &mut Child, request: &wire::Start) -> Result<Report, Error> {
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (Some(mut stdin), Some(mut stdout)) = (stdin, stdout) else { return Err(Error::Gone) };
    stdin.write_all(&request.encode_to_vec()).await?;
    drop(stdin);
    let mut answer = Vec::new();
    stdout.read_to_end(&mut answer).await?;
    match Started::decode(answer.as_slice()).ok().and_then(|started| started.outcome) {
        Some(Outcome::Report(report)) => Ok(report),
        Some(Outcome::Failure(sentence)) => Err(Error::Spawn(sentence)),
        None => Err(Error::Spawn("The session process ended before its shell was started.".into())),
    }
}

fn parameters(start: Start, account: &Account, directory: String) -> wire::Start {
    let text = |path: &PathBuf| path.to_string_lossy().into_owned();
    let shell = start.shell.as_ref().map_or_else(|| text(&account.shell), text);
    let mut environment = vec![
        variable("HOME", &text(&account.home)),
        variable("USER", &account.name),
        variable("LOGNAME", &account.name),
        variable("SHELL", &shell),
        variable("TERM", "xterm-256color"),
        variable("COLORTERM", "truecolor"),
        variable("WEBSH_SESSION", &start.id.to_string()),
    ];
    #[expect(clippy::disallowed_methods, reason = "a shell inherits the settings of the machine")]
    let inherited = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| {
            matches!(name.as_str(), "LANG" | "TZ" | "PATH") || name.starts_with("LC_")
        });
    environment.extend(inherited.map(|(name, value)| variable(&name, &value)));
    for (name, value) in [("PATH", DEFAULT_PATH), ("LANG", "C.UTF-8")] {
        if !environment.iter().any(|known| known.name == name) {
            environment.push(variable(name, value));
        }
    }
    wire::Start {
        session: start.id.0.as_bytes().to_vec(),
        directory,
        shell,
        environment,
        home: text(&account.home),
        columns: start.cols.into(),
        rows: start.rows.into(),
        scrollback: start.scrollback,
        rules: Some(start.rules),
        // Set if the session process must switch to another account than its own.
        account: (!account.is_own()).then(|| wire::Account {
            name: account.name.clone(),
            user: account.uid,
            group: account.gid,
            groups: account.groups.clone(),
        }),
    }
}

fn variable(name: &str, value: &str) -> Variable {
    Variable { name: name.to_owned(), value: value.to_owned() }
}
