//! Installed peers as people run them: tmux in a terminal, ttyd in a browser.

use std::{
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use portable_pty::CommandBuilder;

use crate::{
    proc::{self, Process},
    raw::Raw,
    stats::pause,
    terminal::Terminal,
};

/// A separate tmux server with one client in a PTY.
pub struct Tmux {
    /// Terminal of the client, until a caller takes it.
    pub client: Option<Raw>,
    socket: String,
}

impl Tmux {
    /// Starts it; `None` if it is not installed.
    pub fn start(directory: &Path, shell: &Path) -> Option<Result<Self>> {
        installed("tmux").then(|| {
            let socket = directory.join("tmux").display().to_string();
            let mut command = CommandBuilder::new("tmux");
            command.args(["-S", &socket, "-f", "/dev/null", "new-session"]);
            command.arg(shell);
            command.env("TERM", "xterm-256color");
            let mut client = Raw::program(command)?;
            client.wait_for("bench")?;
            client.settle(Duration::from_millis(200))?;
            Ok(Self { client: Some(client), socket })
        })
    }

    /// Process ids of the server and the client, without shells.
    pub fn processes(&self) -> Vec<u32> {
        proc::mentioning(&self.socket)
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = Command::new("tmux").args(["-S", &self.socket, "kill-server"]).status();
    }
}

pub struct Ttyd {
    _process: Process,
    pub port: u16,
}

impl Ttyd {
    /// Starts it; `None` if it is not installed.
    pub fn start(shell: &Path) -> Option<Result<Self>> {
        installed("ttyd").then(|| {
            let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            let process = Command::new("ttyd")
                .args(["-W", "-i", "127.0.0.1", "-p", &port.to_string()])
                .arg(shell)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()?;
            let ttyd = Self { _process: Process(process), port };
            let start = Instant::now();
            while Raw::ttyd(port).is_err() {
                ensure!(start.elapsed() < Duration::from_secs(10), "ttyd does not answer");
                pause(Duration::from_millis(20));
            }
            Ok(ttyd)
        })
    }
}

fn installed(program: &str) -> bool {
    let status = Command::new(program)
        .arg("-V")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .stdin(Stdio::null())
        .status();
    status.is_ok()
}
