//! A server for one test, with its own data directory and port. Dropping it ends all of its processes.

use std::{fs, process::Stdio, time::Duration};

use rustix::process::Signal;
use serde_json::json;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout},
    time::timeout,
};

use super::{
    Client, postgres,
    process::{command_within, own_account, processes_with, run, signal},
};

/// Limit for every wait, generous enough for the slowest machine.
pub const LONG: Duration = Duration::from_secs(30);

/// Name of the log file of a server that has `WEBSH_LOG` set.
pub const LOG: &str = "test-log";

pub const EMAIL: &str = "ann@example.org";
pub const PASSWORD: &str = "correct horse battery";

/// A running server and its data.
pub struct TestServer {
    pub data: TempDir,
    settings: Vec<(&'static str, String)>,
    /// Program and arguments that run the server.
    prefix: &'static [&'static str],
    child: Option<Child>,
    output: Option<Lines<BufReader<ChildStdout>>>,
    /// `127.0.0.1:port`.
    pub address: String,
    pub set_up_token: Option<String>,
}

impl TestServer {
    /// Starts a server without any member.
    pub async fn fresh(settings: &[(&'static str, &str)]) -> Self {
        Self::on(tempfile::tempdir().unwrap(), settings).await
    }

    /// Starts a server without any member in a directory.
    pub async fn on(data: TempDir, settings: &[(&'static str, &str)]) -> Self {
        Self::start_new(data, settings, &[]).await
    }

    /// Starts a server as the last arguments of another program, and creates its first superuser.
    pub async fn within(prefix: &'static [&'static str]) -> (Self, Client) {
        let server = Self::start_new(tempfile::tempdir().unwrap(), &[], prefix).await;
        let ann = server.set_up().await;
        (server, ann)
    }

    async fn start_new(
        data: TempDir,
        settings: &[(&'static str, &str)],
        prefix: &'static [&'static str],
    ) -> Self {
        let settings = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        postgres::database(data.path()).await;
        let mut server = Self {
            data,
            settings,
            prefix,
            child: None,
            output: None,
            address: String::new(),
            set_up_token: None,
        };
        server.start().await;
        server
    }

    /// Starts a server and creates its first superuser, whose client it returns.
    pub async fn new(settings: &[(&'static str, &str)]) -> (Self, Client) {
        let server = Self::fresh(settings).await;
        let ann = server.set_up().await;
        (server, ann)
    }

    /// Creates the first superuser and returns their client.
    pub async fn set_up(&self) -> Client {
        let mut ann = self.stranger();
        let body = json!({
            "token": self.set_up_token, "email": EMAIL, "name": "Ann", "password": PASSWORD,
        });
        assert_eq!(ann.post("/api/v1/setup", &body).await.status, 201);
        ann
    }

    /// Returns the id of the server's process.
    pub fn process(&self) -> u32 {
        self.child.as_ref().unwrap().id().unwrap()
    }

    /// Starts the process, on its previous port after a restart.
    pub async fn start(&mut self) {
        let listen =
            if self.address.is_empty() { "127.0.0.1:0".to_owned() } else { self.address.clone() };
        let mut child = command_within(self.prefix, self.data.path())
            .arg("serve")
            .env("WEBSH_LISTEN", listen)
            .env("WEBSH_SHELL", "/bin/sh")
            .envs(self.settings.iter().map(|(name, value)| (*name, value)))
            .stdout(Stdio::piped())
            .stderr(self.log())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        self.child = Some(child);
        let line = self.line(&mut output, "listening").await;
        line.split_whitespace().nth(1).unwrap().clone_into(&mut self.address);
        if !self.data.path().join("test-was-set-up").exists() {
            let link = self.line(&mut output, "/setup#").await;
            self.set_up_token = Some(link.rsplit_once('#').unwrap().1.to_owned());
            fs::write(self.data.path().join("test-was-set-up"), "").unwrap();
        }
        self.output = Some(output);
    }

    /// Returns the log's destination: a file if the test sets `WEBSH_LOG`, else standard error.
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
            let line = line.unwrap_or_else(|| panic!("the server ended before printing {with}"));
            if line.contains(with) {
                return line;
            }
        }
    }

    /// Kills the process, as a crash would.
    pub async fn kill(&mut self) {
        self.child.take().unwrap().kill().await.unwrap();
    }

    /// Stops the process as an operator does. Returns whether it succeeded.
    pub async fn stop(&mut self) -> bool {
        signal(self.process(), Signal::TERM);
        self.ended().await
    }

    /// Waits for the end of the process. Returns whether it succeeded.
    pub async fn ended(&mut self) -> bool {
        let mut child = self.child.take().unwrap();
        timeout(LONG, child.wait()).await.unwrap().unwrap().success()
    }

    /// Returns a client without a cookie.
    pub fn stranger(&self) -> Client {
        Client::new(&self.address)
    }

    /// Adds a member with the command line and signs them in.
    pub async fn member(&self, email: &str, role: &str) -> Client {
        let account = own_account();
        let arguments = ["user", "add", email, "--role", role, "--account", &account];
        let added = run(self.data.path(), &arguments, PASSWORD).await;
        assert!(added.0, "{}", added.1);
        let mut client = self.stranger();
        assert_eq!(client.sign_in(email, PASSWORD).await.status, 200);
        client
    }

    /// Returns the process of a session.
    pub fn session_process(&self, id: &str) -> Option<u32> {
        processes_with(id).first().copied()
    }

    /// Returns the ids of sessions that have a directory.
    pub fn run_dir(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.data.path().join("run")) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.start_kill();
            // The child shares standard error with this process, so it must not outlive it.
            while let Ok(None) = child.try_wait() {
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

/// Polls until `query` returns a value, for effects of events that only the server observes.
pub async fn until<T>(mut query: impl AsyncFnMut() -> Option<T>) -> T {
    timeout(LONG, async {
        loop {
            if let Some(found) = query().await {
                return found;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap()
}
