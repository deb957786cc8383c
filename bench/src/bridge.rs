//! The limit: a PTY connected to a WebSocket in a separate process. No screen, session or sign-in; bytes
//! pass through unchanged. Also an echo over a bare WebSocket.

use std::{
    io::{BufRead, BufReader},
    os::fd::{BorrowedFd, OwnedFd},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use portable_pty::CommandBuilder;
use rustix::{fs, io as rio};
use tokio::{
    io::{Interest, unix::AsyncFd},
    net::{TcpListener, TcpStream},
    runtime,
};
use tokio_tungstenite::{accept_async, tungstenite::Message};

use crate::{proc::Process, terminal::pty};

pub struct Bridge {
    process: Process,
    pub port: u16,
}

impl Bridge {
    /// Starts this program as a bridge to `shell`, or as a WebSocket echo without one.
    pub fn start(shell: Option<&std::path::Path>) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("bridge")
            .args(shell)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let output = process.stdout.take().context("the bridge has no output")?;
        BufReader::new(output).read_line(&mut line)?;
        Ok(Self { process: Process(process), port: line.trim().parse()? })
    }

    pub fn process(&self) -> u32 {
        self.process.0.id()
    }
}

/// Prints its port, then serves until it is killed.
#[expect(clippy::print_stdout, reason = "the parent process reads the port")]
pub fn serve(shell: Option<String>) -> Result<()> {
    runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?.port());
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let shell = shell.clone();
            tokio::spawn(async move {
                match shell {
                    Some(shell) => connect(stream, &shell).await,
                    None => echo(stream).await,
                }
            });
        }
    })
}

async fn echo(stream: TcpStream) -> Result<()> {
    let mut socket = accept_async(stream).await?;
    while let Some(message) = socket.next().await {
        let message = message?;
        if message.is_binary() {
            socket.send(message).await?;
        }
    }
    Ok(())
}

async fn connect(stream: TcpStream, shell: &str) -> Result<()> {
    let (mut sink, mut source) = accept_async(stream).await?.split();
    let pair = pty()?;
    let mut command = CommandBuilder::new(shell);
    command.env("TERM", "xterm-256color");
    let mut child = pair.slave.spawn_command(command)?;
    drop(pair.slave);
    let master = non_blocking(pair.master.as_raw_fd().context("no descriptor")?)?;
    let down = async {
        let mut buffer = vec![0; 65_536];
        loop {
            master.readable().await?.retain_ready();
            let read = master.try_io(Interest::READABLE, |fd| Ok(rio::read(fd, &mut buffer)?));
            match read {
                Ok(count @ 1..) => {
                    let bytes = buffer.get(..count).unwrap_or_default().to_vec();
                    sink.send(Message::Binary(bytes.into())).await?;
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                _ => return anyhow::Ok(()),
            }
        }
    };
    let up = async {
        while let Some(Ok(message)) = source.next().await {
            let mut bytes = message.into_data();
            while !bytes.is_empty() {
                master.writable().await?.retain_ready();
                match master.try_io(Interest::WRITABLE, |fd| Ok(rio::write(fd, &bytes)?)) {
                    Ok(count) => drop(bytes.split_to(count)),
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        anyhow::Ok(())
    };
    tokio::select! {
        _ = down => {}
        _ = up => {}
    }
    child.kill()?;
    child.wait()?;
    Ok(())
}

fn non_blocking(fd: i32) -> Result<AsyncFd<OwnedFd>> {
    #[expect(unsafe_code, reason = "portable-pty hands out its descriptor only as a number")]
    // SAFETY: the caller owns the master side, which outlives this borrow.
    let fd = rio::fcntl_dupfd_cloexec(unsafe { BorrowedFd::borrow_raw(fd) }, 3)?;
    fs::fcntl_setfl(&fd, fs::fcntl_getfl(&fd)? | fs::OFlags::NONBLOCK)?;
    #[expect(unsafe_code, reason = "tokio requires that the descriptor stays valid")]
    // SAFETY: an OwnedFd names the same open descriptor until it is dropped.
    Ok(unsafe { AsyncFd::register(fd) }.map_err(std::io::Error::from)?)
}
