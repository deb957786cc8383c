//! `websh-session`: one shell, its screen and its viewers, in a process that outlives the web process.
//! Started by the host role with a `Start` on standard input; says `Started` on standard output.

mod attachments;
mod clock;
mod error;
mod io;
mod lifetime;
mod participants;
mod process;
mod reports;
mod serve;
mod session;
mod sharing;
mod terminal;

use std::{
    fs,
    io::{Read, Write},
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

use crate::{
    error::Error,
    io::{directory::Directory, listener::Arrivals},
    process::{account, tree},
    session::Session,
};

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
        spawn_local(serve::serve(session, arrivals, directory))
            .await
            .map_err(std::io::Error::from)?
    })
}

/// Reads the request, opens the socket, becomes the account, starts the shell: in this order, so that a
/// running shell can always be reached, and nothing of it is ever open to somebody else.
fn open() -> Result<(Session, Arrivals, Directory), Error> {
    let mut request = Vec::new();
    std::io::stdin().lock().read_to_end(&mut request)?;
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
fn answer(started: &Started) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(&started.encode_to_vec())?;
    out.flush()?;
    let null = fs::OpenOptions::new().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(null.as_fd())?;
    rustix::stdio::dup2_stdout(null.as_fd())?;
    rustix::stdio::dup2_stderr(null.as_fd())?;
    Ok(())
}
