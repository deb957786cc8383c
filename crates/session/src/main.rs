//! `websh-session`: one shell, its screen and its attachments, in a process that outlives the web
//! process. The host role starts it with a `Start` on standard input; it replies with a `Started` on
//! standard output.

mod attachments;
mod clock;
mod error;
mod idle;
mod io;
mod participants;
mod process;
mod reports;
mod serve;
mod session;
mod shares;
mod terminal;

use std::{
    fs,
    io::{self as stdio, Read, Write},
    os::fd::AsFd,
    path::Path,
};

use prost::Message;
use protocol::wire::{Start, Started, started::Outcome};
use rustix::process::{
    Resource, Rlimit, geteuid, getpid, getrlimit, set_child_subreaper, setrlimit, setsid,
};
use tokio::{
    runtime::{Builder, LocalOptions},
    task::spawn_local,
};

use crate::{
    error::Error,
    io::{directory::Directory, listener::Listener},
    process::account,
    session::Session,
};

fn main() -> Result<(), Error> {
    account::drop_inherited();
    // A process session of its own, so that the terminal of the web process cannot signal this process.
    let _ = setsid();
    let runtime = Builder::new_current_thread().enable_all().build_local(LocalOptions::default())?;
    runtime.block_on(async {
        let opened = open();
        let outcome = match &opened {
            Ok((session, ..)) => Outcome::Report(session.report()),
            Err(error) => Outcome::Failure(error.to_string()),
        };
        reply(&Started { outcome: Some(outcome) })?;
        let (session, listener, directory) = opened?;
        // Spawned, because each wake of the runtime's own future costs a write to its eventfd.
        spawn_local(serve::serve(session, listener, directory)).await.map_err(stdio::Error::from)?
    })
}

/// Reads the request, binds the socket, switches to the account and starts the shell. In this order a
/// running shell is always reachable, and the account never holds a descriptor of another user.
fn open() -> Result<(Session, Listener, Directory), Error> {
    let mut request = Vec::new();
    stdio::stdin().lock().read_to_end(&mut request)?;
    let start =
        Start::decode(request.as_slice()).map_err(|_| Error::Request("a valid encoding"))?;
    // Makes this process the parent of all orphans among its descendants.
    set_child_subreaper(Some(getpid())).map_err(stdio::Error::from)?;
    let directory = Directory::open(Path::new(&start.directory))?;
    let listener = Listener::new(directory.listen()?, geteuid());
    if let Some(account) = &start.account {
        directory.chown(account.user, account.group)?;
        account::become_account(account)?;
    }
    match Session::open(&start) {
        Ok(session) => {
            // After the shell was started, which keeps the limit of the starter. Viewers need more.
            let limit = getrlimit(Resource::Nofile);
            let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
            Ok((session, listener, directory))
        }
        Err(error) => {
            directory.remove_socket();
            Err(error)
        }
    }
}

/// Writes the reply to standard output, then releases the standard streams, which belong to the starter.
fn reply(started: &Started) -> stdio::Result<()> {
    let mut out = stdio::stdout().lock();
    out.write_all(&started.encode_to_vec())?;
    out.flush()?;
    let null = fs::OpenOptions::new().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(null.as_fd())?;
    rustix::stdio::dup2_stdout(null.as_fd())?;
    rustix::stdio::dup2_stderr(null.as_fd())?;
    Ok(())
}
