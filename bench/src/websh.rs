//! A websh server in a temporary directory: the release programs, a first superuser and sessions. All
//! processes end when it is dropped.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use protocol::api::{Attach, AttachMode};
use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    proc,
    stats::pause,
    viewer::{Address, Viewer},
};

pub const PROMPT: &str = "bench$";

/// Script of a bash without user settings. The peers run it too, so that all run the same shell.
pub const SHELL: &str = "#!/bin/sh
unset HISTFILE PROMPT_COMMAND
PS1='bench$ ' exec bash --noprofile --norc -i
";

/// Time limit for the web process to answer.
const STARTING: Duration = Duration::from_secs(30);

/// Sign-in of the only member.
const EMAIL: &str = "bench@example.org";
const PASSWORD: &str = "a long measured password";

/// Paths of the programs.
#[derive(Clone, Debug, Args)]
pub struct Programs {
    /// Path of websh.
    #[arg(long = "program", env = "WEBSH_PROGRAM", default_value = "websh")]
    pub websh: PathBuf,
    /// Path of websh-session.
    #[arg(
        long = "session-program",
        env = "WEBSH_SESSION_PROGRAM",
        default_value = "websh-session"
    )]
    pub session: PathBuf,
}

pub struct Websh {
    programs: Programs,
    directory: TempDir,
    port: u16,
    web: Child,
    http: ureq::Agent,
    cookie: String,
    sessions: Vec<String>,
}

/// Writes the shell script into a directory; returns its path.
pub fn plain_shell(directory: &TempDir) -> Result<PathBuf> {
    let path = directory.path().join("shell");
    fs::write(&path, SHELL)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

impl Websh {
    pub fn start(programs: &Programs) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        plain_shell(&directory)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut web = spawn(programs, &directory, port)?;
        let token = set_up_token(&mut web);
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(STARTING))
            .build();
        let mut websh = Self {
            programs: programs.clone(),
            directory,
            port,
            web,
            http: config.into(),
            cookie: String::new(),
            sessions: Vec::new(),
        };
        let token = token?;
        websh.wait_until_ready()?;
        let member = json!({"token": token, "email": EMAIL, "name": "Bench", "password": PASSWORD});
        websh.call("POST", "/setup", Some(&member))?;
        websh.sign_in()?;
        websh.raise_limits()?;
        Ok(websh)
    }

    /// Raises the limits on the number of sessions and on creating them.
    fn raise_limits(&self) -> Result<()> {
        let path = "/workspace/settings";
        let mut settings = self.call("GET", path, None)?;
        for (key, most) in [("max_sessions_per_user", 1000), ("max_creates_per_minute", 600)] {
            settings[key] = most.into();
        }
        self.call("PUT", path, Some(&settings)).map(drop)
    }

    fn sign_in(&mut self) -> Result<()> {
        let answer = self
            .http
            .post(self.url("/login"))
            .header("origin", self.origin())
            .send_json(json!({"email": EMAIL, "password": PASSWORD}))?;
        ensure!(answer.status().is_success(), "signing in was answered {}", answer.status());
        let cookies = answer.headers().get_all("set-cookie").iter();
        let pairs = cookies.filter_map(|it| it.to_str().ok()?.split(';').next());
        self.cookie = pairs.collect::<Vec<_>>().join("; ");
        Ok(())
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.origin())
    }

    /// Calls the REST interface; a status other than 2xx is an error.
    pub fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(self.url(path))
            .header("origin", self.origin())
            .header("cookie", &self.cookie);
        let mut answer = match body {
            Some(body) => self
                .http
                .run(request.header("content-type", "application/json").body(body.to_string())?)?,
            None => self.http.run(request.body(())?)?,
        };
        let text = answer.body_mut().read_to_string()?;
        ensure!(answer.status().is_success(), "{method} {path}: {} {text}", answer.status());
        Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
    }

    /// Receives the change events that pages receive, with their times, until the receiver is dropped.
    pub fn changes(&self) -> Result<mpsc::Receiver<Instant>> {
        let request = self.http.get(self.url("/events")).header("origin", self.origin());
        let request = request.header("cookie", &self.cookie);
        let answer = request.config().timeout_global(None).build().call()?;
        ensure!(answer.status().is_success(), "the event stream was answered {}", answer.status());
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let lines =
                BufReader::new(answer.into_body().into_reader()).lines().map_while(Result::ok);
            let mut events = lines.filter(|line| line == "event: changed");
            while events.next().is_some_and(|_| sender.send(Instant::now()).is_ok()) {}
        });
        Ok(receiver)
    }

    fn wait_until_ready(&self) -> Result<()> {
        let deadline = Instant::now() + STARTING;
        let url = format!("{}/healthz", self.origin());
        while !self.http.get(&url).call().is_ok_and(|answer| answer.status().is_success()) {
            ensure!(Instant::now() < deadline, "websh does not answer on {url}");
            pause(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Opens a session of 80×24 and returns its id.
    pub fn open(&mut self) -> Result<String> {
        let servers = self.call("GET", "/servers", None)?;
        let server = servers.get(0).context("no server is listed")?;
        let account = server.pointer("/accounts/0").context("no account is listed")?;
        let new = json!({"server": server["id"], "account": account, "cols": 80, "rows": 24});
        let session = self.call("POST", "/sessions", Some(&new))?;
        let id = session["id"].as_str().context("the session has no id")?.to_owned();
        self.sessions.push(id.clone());
        Ok(id)
    }

    /// Requests a ticket to attach to a session.
    pub fn address(&self, session: &str, mode: AttachMode) -> Result<Address> {
        let path = format!("/sessions/{session}/attach");
        let attach = Attach { mode, take_over: mode == AttachMode::Drive };
        let ticket = self.call("POST", &path, Some(&serde_json::to_value(attach)?))?;
        let text = |key: &str| ticket[key].as_str().map(str::to_owned).context("no ticket");
        Ok(Address {
            mode,
            port: self.port,
            path: text("url")?,
            cookie: self.cookie.clone(),
            origin: self.origin(),
            ticket: text("ticket")?,
        })
    }

    /// Returns a viewer that drives a session and shows its prompt.
    pub fn drive(&self, session: &str) -> Result<Viewer> {
        self.drive_slowly(session, None)
    }

    /// As [`drive`](Self::drive), but reads at most `rate` bytes per second.
    pub fn drive_slowly(&self, session: &str, rate: Option<f64>) -> Result<Viewer> {
        let mut viewer = Viewer::attach(&self.address(session, AttachMode::Drive)?, rate)?;
        viewer.until(at_prompt)?;
        Ok(viewer)
    }

    pub fn open_and_drive(&mut self) -> Result<Viewer> {
        let session = self.open()?;
        self.drive(&session)
    }

    pub fn web(&self) -> u32 {
        self.web.id()
    }

    /// Process id of the process of a session.
    pub fn session_process(&self, session: &str) -> Result<u32> {
        match proc::running(&self.programs.session, session)[..] {
            [process] => Ok(process),
            [] => bail!("the process of session {session} is gone"),
            _ => bail!("session {session} has several processes"),
        }
    }

    pub fn session_processes(&self) -> Result<Vec<u32>> {
        self.sessions.iter().map(|session| self.session_process(session)).collect()
    }

    pub fn processes(&self) -> Result<Vec<u32>> {
        let mut processes = self.session_processes()?;
        processes.push(self.web());
        Ok(processes)
    }

    pub fn close(&mut self, session: &str) -> Result<()> {
        self.call("DELETE", &format!("/sessions/{session}"), None)?;
        self.sessions.retain(|known| known != session);
        Ok(())
    }

    /// Kills the web process with SIGKILL and starts another.
    pub fn kill_and_restart(&mut self) -> Result<()> {
        self.web.kill()?;
        self.web.wait()?;
        self.web = spawn(&self.programs, &self.directory, self.port)?;
        // Its output is unused, but a full pipe would block it.
        if let Some(output) = self.web.stdout.take() {
            std::thread::spawn(move || BufReader::new(output).lines().for_each(drop));
        }
        Ok(())
    }

    /// A directory that exists until this server is dropped.
    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }
}

impl Drop for Websh {
    fn drop(&mut self) {
        let processes: Vec<u32> = self
            .sessions
            .iter()
            .flat_map(|session| proc::running(&self.programs.session, session))
            .collect();
        for session in std::mem::take(&mut self.sessions) {
            let _ = self.call("DELETE", &format!("/sessions/{session}"), None);
        }
        let _ = self.web.kill();
        let _ = self.web.wait();
        // Ends sessions that could not be closed. Each shell exits with its terminal.
        processes.into_iter().for_each(|process| proc::signal(process, Signal::KILL));
    }
}

fn spawn(programs: &Programs, directory: &TempDir, port: u16) -> Result<Child> {
    let mut command = Command::new(&programs.websh);
    // The server refuses unknown settings; this one is for the benchmark.
    command.env_remove("WEBSH_PROGRAM");
    command
        .arg("serve")
        .current_dir(directory.path())
        .env("WEBSH_LISTEN", format!("127.0.0.1:{port}"))
        .env("WEBSH_DATA_DIR", directory.path().join("data"))
        .env("WEBSH_SESSION_PROGRAM", &programs.session)
        .env("WEBSH_SHELL", directory.path().join("shell"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("{} failed to start", programs.websh.display()))
}

/// Reads the set-up token from the output of the first start; discards the rest of the output.
fn set_up_token(web: &mut Child) -> Result<String> {
    let mut output = BufReader::new(web.stdout.take().context("websh has no output")?);
    let mut line = String::new();
    loop {
        line.clear();
        ensure!(output.read_line(&mut line)? > 0, "websh ended before it printed a set-up link");
        if let Some((_, token)) = line.split_once("/setup#") {
            std::thread::spawn(move || output.lines().for_each(drop));
            return Ok(token.trim().to_owned());
        }
    }
}

/// Returns true if the cursor is behind an empty prompt.
pub fn at_prompt(mirror: &protocol::mirror::Mirror) -> bool {
    let row = usize::try_from(mirror.cursor.row).unwrap_or(usize::MAX);
    mirror.lines.get(row).is_some_and(|line| line.text.trim_end() == PROMPT)
}
