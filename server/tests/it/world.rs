//! A server of the test's own, and what it leaves behind: nothing.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use crate::{
    client::{Answer, Client},
    postgres,
};

/// Nothing that is waited for here takes this long on the slowest machine.
pub const LONG: Duration = Duration::from_secs(30);

/// The file that a server logs to whose log is asked for.
pub const LOG: &str = "test-log";

pub const EMAIL: &str = "ann@example.org";
pub const PASSWORD: &str = "correct horse battery";

/// A running server and its data.
pub struct World {
    pub data: TempDir,
    settings: Vec<(&'static str, String)>,
    server: Option<Child>,
    output: Option<Lines<BufReader<ChildStdout>>>,
    /// `127.0.0.1:port`.
    pub address: String,
    pub set_up_token: Option<String>,
}

impl World {
    /// A server that nobody has set up.
    pub async fn fresh(settings: &[(&'static str, &str)]) -> Self {
        Self::on(tempfile::tempdir().unwrap(), settings).await
    }

    /// As [`fresh`](Self::fresh), in this directory.
    pub async fn on(data: TempDir, settings: &[(&'static str, &str)]) -> Self {
        let settings = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        postgres::database(data.path()).await;
        let mut world = Self {
            data,
            settings,
            server: None,
            output: None,
            address: String::new(),
            set_up_token: None,
        };
        world.start().await;
        world
    }

    /// A server with its first superuser, and that one's client.
    pub async fn new(settings: &[(&'static str, &str)]) -> (Self, Client) {
        let world = Self::fresh(settings).await;
        let ann = world.set_up().await;
        (world, ann)
    }

    /// Makes the first superuser; their client.
    pub async fn set_up(&self) -> Client {
        let mut ann = self.stranger();
        let body = json!({
            "token": self.set_up_token, "email": EMAIL, "name": "Ann", "password": PASSWORD,
        });
        assert_eq!(ann.post("/api/v1/setup", &body).await.status, 201);
        ann
    }

    /// The server's process.
    pub fn process(&self) -> u32 {
        self.server.as_ref().unwrap().id().unwrap()
    }

    /// Starts the server, on the port it had before if it had one.
    pub async fn start(&mut self) {
        let listen =
            if self.address.is_empty() { "127.0.0.1:0".to_owned() } else { self.address.clone() };
        let mut child = command(self.data.path())
            .arg("serve")
            .env("WEBSH_LISTEN", listen)
            .env("WEBSH_SHELL", "/bin/sh")
            .envs(self.settings.iter().map(|(name, value)| (*name, value)))
            .stdout(Stdio::piped())
            .stderr(self.log())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        self.server = Some(child);
        let line = self.line(&mut output, "listening").await;
        line.split_whitespace().nth(1).unwrap().clone_into(&mut self.address);
        if !self.data.path().join("test-was-set-up").exists() {
            let link = self.line(&mut output, "/setup#").await;
            self.set_up_token = Some(link.rsplit_once('#').unwrap().1.to_owned());
            fs::write(self.data.path().join("test-was-set-up"), "").unwrap();
        }
        self.output = Some(output);
    }

    /// Where the server logs to: a file of its data when a test asks for a log.
    fn log(&self) -> Stdio {
        if self.settings.iter().all(|(name, _)| *name != "WEBSH_LOG") {
            return Stdio::inherit();
        }
        let file = fs::File::options().create(true).append(true).open(self.data.path().join(LOG));
        file.unwrap().into()
    }

    async fn line(&self, output: &mut Lines<BufReader<ChildStdout>>, with: &str) -> String {
        loop {
            let line = timeout(LONG, output.next_line()).await.unwrap().unwrap();
            let line = line.unwrap_or_else(|| panic!("the server ended before it said {with}"));
            if line.contains(with) {
                return line;
            }
        }
    }

    /// As a crash ends it.
    pub async fn kill(&mut self) {
        let mut server = self.server.take().unwrap();
        server.kill().await.unwrap();
    }

    /// As an operator stops it; whether it ended well.
    pub async fn stop(&mut self) -> bool {
        let mut server = self.server.take().unwrap();
        signal(server.id().unwrap(), Signal::TERM);
        timeout(LONG, server.wait()).await.unwrap().unwrap().success()
    }

    /// Somebody with no cookie.
    pub fn stranger(&self) -> Client {
        Client::new(&self.address)
    }

    /// Adds a member by the command line, and signs them in.
    pub async fn member(&self, email: &str, role: &str) -> Client {
        let account = own_account();
        let arguments = ["user", "add", email, "--role", role, "--account", &account];
        let added = run(self.data.path(), &arguments, PASSWORD).await;
        assert!(added.0, "{}", added.1);
        let mut client = self.stranger();
        assert_eq!(client.sign_in(email, PASSWORD).await.status, 200);
        client
    }

    /// The process of a session.
    pub fn session_process(&self, id: &str) -> Option<u32> {
        processes_with(id).first().copied()
    }

    /// Ids of the sessions that have a directory; none where no server ever started.
    pub fn run_dir(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.data.path().join("run")) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.start_kill();
            // It shares this process's standard error: it must not outlive it.
            while let Ok(None) = server.try_wait() {
                std::thread::yield_now();
            }
        }
        for id in self.run_dir() {
            for process in processes_with(&id) {
                signal(process, Signal::TERM);
            }
        }
    }
}

/// The program under test with a data directory and no configuration but the test's.
pub fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_websh"));
    command
        .env_clear()
        .current_dir(data)
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("WEBSH_DATA_DIR", data)
        .env("WEBSH_SESSION_PROGRAM", session_program())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Runs the program to its end; whether it ended well, and all that it said.
pub async fn run(data: &Path, arguments: &[&str], input: &str) -> (bool, String) {
    let given = data.join("test-input");
    fs::write(&given, format!("{input}\n")).unwrap();
    let mut command = command(data);
    command.args(arguments).stdin(fs::File::open(given).unwrap());
    let output = timeout(LONG, command.output()).await.unwrap().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says what to test")]
pub fn session_program() -> PathBuf {
    let beside = || Path::new(env!("CARGO_BIN_EXE_websh")).with_file_name("websh-session");
    let program = std::env::var_os("WEBSH_SESSION_PROGRAM").map_or_else(beside, PathBuf::from);
    assert!(program.is_file(), "{} is needed: cargo build -p session", program.display());
    program
}

/// The account that the server runs as.
pub fn own_account() -> String {
    let name = std::process::Command::new("id").arg("-un").output().unwrap().stdout;
    String::from_utf8(name).unwrap().trim().to_owned()
}

/// Whether a process runs; one that only waits to be reaped does not.
pub fn runs(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    !status.is_empty() && !status.contains("\nState:\tZ")
}

/// The children of a process.
pub fn children(process: u32) -> Vec<u32> {
    let path = format!("/proc/{process}/task/{process}/children");
    let children = fs::read_to_string(path).unwrap();
    children.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

/// Processes that have a word among their arguments.
fn processes_with(word: &str) -> Vec<u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| {
        let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        arguments.split(|byte| *byte == 0).any(|argument| argument == word.as_bytes())
    })
    .collect()
}

pub fn signal(process: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

/// Asks again until the answer is as it will be: for what follows an event that only the server sees.
pub async fn until<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    timeout(LONG, async {
        loop {
            if let Some(found) = ask().await {
                return found;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap()
}

/// A session by the REST interface.
pub async fn create(client: &mut Client, key: &str) -> Answer {
    let server = client.get("/api/v1/servers").await.json();
    let account = server[0]["accounts"][0].clone();
    let body = json!({ "server": "local", "account": account, "idempotency_key": key });
    client.post("/api/v1/sessions", &body).await
}
