//! A user of the command line, with a home directory and a token.

use std::{path::Path, process::Output};

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

/// Output and exit status of a command.
#[derive(Debug)]
pub struct CliOutput {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl CliOutput {
    pub fn json(&self) -> Value {
        assert_eq!(self.status, 0, "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }
}

impl CliUser {
    /// Creates a user with a token of a scope.
    pub async fn new(client: &mut Client, scope: &str) -> Self {
        let body = json!({ "name": "a test", "scope": scope, "days": 1 });
        let made = client.post("/api/v1/tokens", &body).await;
        assert_eq!(made.status, 201, "{made:?}");
        let token = made.json()["secret"].as_str().unwrap().to_owned();
        Self { home: tempfile::tempdir().unwrap(), url: client.origin(), token, extra: Vec::new() }
    }

    /// Creates a user without credentials.
    pub fn stranger(server: &TestServer) -> Self {
        let url = format!("http://{}", server.address);
        Self { home: tempfile::tempdir().unwrap(), url, token: String::new(), extra: Vec::new() }
    }

    /// Returns the environment variables of the user.
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

    /// Runs websh to its end with `input` as standard input.
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

    /// Runs websh, which must fail with `status` and one sentence. Returns the sentence.
    pub async fn fails(&self, arguments: &[&str], status: i32) -> String {
        let output = self.run(arguments).await;
        assert_eq!(output.status, status, "{output:?}");
        let sentence = output.err.trim_end();
        assert!(sentence.starts_with("websh: ") && !sentence.contains('\n'), "{output:?}");
        sentence.to_owned()
    }

    /// Returns the words that bash completes the last of these words to.
    pub async fn completes(&self, words: &[&str]) -> Vec<String> {
        let script = "source <(websh completions bash); COMP_WORDS=(\"$@\"); COMP_CWORD=$(($#-1)); \
                      _clap_complete_websh websh \"${!#}\" ''; printf '%s\\n' \"${COMPREPLY[@]}\"";
        let folder = Path::new(env!("CARGO_BIN_EXE_websh")).parent().unwrap();
        let output = Command::new("/bin/bash")
            .args(["-c", script, "bash", "websh"])
            .args(words)
            .env_clear()
            .envs(self.variables())
            .env("PATH", format!("{}:/usr/bin:/bin", folder.display()))
            .kill_on_drop(true)
            .output();
        let output = timeout(LONG, output).await.unwrap().unwrap();
        let words = String::from_utf8(output.stdout).unwrap();
        words.lines().filter(|it| !it.is_empty()).map(str::to_owned).collect()
    }

    /// Opens a session and returns its id.
    pub async fn open(&self, name: &str) -> String {
        let output = self.run(&["new", "--detach", "--name", name]).await;
        assert_eq!(output.status, 0, "{output:?}");
        output.out.trim().to_owned()
    }
}
