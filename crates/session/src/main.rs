//! `websh-session`: one shell, its screen and its viewers, in a process that outlives the web process.
//! Started by the host role with a `Start` on standard input; says `Started` on standard output.

mod account;
mod alarm;
mod arrivals;
mod clock;
mod connection;
mod crew;
mod descriptor;
mod directory;
mod ending;
mod idle;
mod input;
mod memory;
mod pace;
mod pty;
mod reports;
mod serve;
mod session;
mod shares;
mod tree;
mod viewer;

use std::{
    fs,
    io::{self, Read, Write},
    os::fd::AsFd,
    path::Path,
    process::ExitCode,
};

use prost::Message;
use protocol::wire::{Start, Started, started::Outcome};
use tokio::{
    runtime::{Builder, LocalOptions},
    task::spawn_local,
};

use crate::{arrivals::Arrivals, directory::Directory, session::Session};

/// What can go wrong in a session process.
#[derive(Debug, thiserror::Error)]
enum Error {
    /// The shell could not be started; a sentence for the person who asked.
    #[error("{0}")]
    Spawn(String),
    /// The host role said something that makes no sense.
    #[error("The start request lacks {0}.")]
    Request(&'static str),
    /// The operating system refused.
    #[error("The session could not be set up: {0}.")]
    Io(#[from] io::Error),
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn run() -> Result<(), Error> {
    account::let_go();
    // A session of its own: what stops the web process by its terminal does not stop this one.
    let _ = rustix::process::setsid();
    let runtime = Builder::new_current_thread().enable_all().build_local(LocalOptions::default())?;
    runtime.block_on(async {
        let opened = open();
        let outcome = match &opened {
            Ok((session, ..)) => Outcome::Report(session.report()),
            Err(error) => Outcome::Failure(error.to_string()),
        };
        answer(&Started { outcome: Some(outcome) })?;
        let (session, arrivals, directory) = opened?;
        // A task: what wakes the runtime's own future costs a write to its eventfd each time.
        spawn_local(serve::serve(session, arrivals, directory)).await.map_err(io::Error::from)?
    })
}

/// Reads the request, opens the socket, becomes the account, starts the shell: in this order, so that a
/// running shell can always be reached, and nothing of it is ever open to somebody else.
fn open() -> Result<(Session, Arrivals, Directory), Error> {
    let mut request = Vec::new();
    io::stdin().lock().read_to_end(&mut request)?;
    let start = Start::decode(request.as_slice()).map_err(|_| Error::Request("its meaning"))?;
    tree::become_subreaper()?;
    let directory = Directory::open(Path::new(&start.directory))?;
    let starter = rustix::process::geteuid();
    let arrivals = Arrivals::new(directory.listen()?, starter);
    if let Some(account) = &start.account {
        directory.give_to(account.user, account.group)?;
        account::become_account(account)?;
    }
    match Session::open(&start) {
        Ok(session) => Ok((session, arrivals, directory)),
        Err(error) => {
            directory.remove_socket();
            Err(error)
        }
    }
}

/// Answers on standard output, then lets go of the standard streams: they belong to the starter.
fn answer(started: &Started) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(&started.encode_to_vec())?;
    out.flush()?;
    let null = fs::OpenOptions::new().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(null.as_fd())?;
    rustix::stdio::dup2_stdout(null.as_fd())?;
    rustix::stdio::dup2_stderr(null.as_fd())?;
    Ok(())
}
