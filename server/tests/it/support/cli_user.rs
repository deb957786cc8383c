//! Somebody at a shell prompt: a home directory and a token of their own.

use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{process::Command, time::timeout};

use super::{Client, LONG, TestServer};

pub struct CliUser {
    pub home: TempDir,
    pub url: String,
    pub token: String,
    /// Further environment variables.
    pub extra: Vec<(&'static str, String)>,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub struct CliOutput {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl CliOutput {
    pub fn json(&self) -> Value {
        assert_eq!(self.status, 0, "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

impl CliUser {
    /// Somebody with a token that may do so much.
    pub async fn new(client: &mut Client, scope: &str) -> Self {
        let body = json!({ "name": "a test", "scope": scope, "days": 1 });
        let made = client.post("/api/v1/tokens", &body).await;
        assert_eq!(made.status, 201, "{made:?}");
        let token = made.json()["secret"].as_str().unwrap().to_owned();
        Self { home: tempfile::tempdir().unwrap(), url: client.origin(), token, extra: Vec::new() }
    }

    /// Somebody who has not signed in anywhere.
    pub fn stranger(server: &TestServer) -> Self {
        let url = format!("http://{}", server.address);
        Self { home: tempfile::tempdir().unwrap(), url, token: String::new(), extra: Vec::new() }
    }

    /// The variables that say who this is.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
            ("HOME", self.home.path().display().to_string()),
            ("WEBSH_URL", self.url.clone()),
        ];
        if !self.token.is_empty() {
            variables.push(("WEBSH_TOKEN", self.token.clone()));
        }
        variables.extend(self.extra.iter().cloned());
        variables
    }

    /// Runs websh to its end, with `input` as its standard input.
    pub async fn run_with(&self, arguments: &[&str], input: &str) -> CliOutput {
        let given = self.home.path().join("test-input");
        std::fs::write(&given, input).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_websh"));
        command
            .args(arguments)
            .env_clear()
            .envs(self.variables())
            .current_dir(self.home.path())
            .stdin(std::fs::File::open(given).unwrap())
            .kill_on_drop(true);
        let Output { status, stdout, stderr } =
            timeout(LONG, command.output()).await.unwrap().unwrap();
        CliOutput {
            status: status.code().unwrap(),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    pub async fn run(&self, arguments: &[&str]) -> CliOutput {
        self.run_with(arguments, "").await
    }

    /// Runs websh where it must fail with this status and one sentence; the sentence.
    pub async fn fails(&self, arguments: &[&str], status: i32) -> String {
        let said = self.run(arguments).await;
        assert_eq!(said.status, status, "{said:?}");
        let sentence = said.err.trim_end();
        assert!(sentence.starts_with("websh: ") && !sentence.contains('\n'), "{said:?}");
        sentence.to_owned()
    }

    /// Opens a session; its id.
    pub async fn open(&self, name: &str) -> String {
        let said = self.run(&["new", "--detach", "--name", name]).await;
        assert_eq!(said.status, 0, "{said:?}");
        said.out.trim().to_owned()
    }
}
