//! The directory of sockets and final reports: `run/{session}/socket` and `run/{session}/report`.

use std::{
    fs::{self, OpenOptions},
    io::{self, Read},
    os::{
        fd::AsRawFd,
        unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    },
    path::{Path, PathBuf},
};

use nix::{fcntl::OFlag, unistd::geteuid};
use prost::Message;
use protocol::{id::SessionId, wire::Report};
use tokio::net::UnixStream;

use crate::Error;

/// Connects to the socket of a session. A socket's own name has room for 107 bytes, so it is named
/// by its open directory: the data may be in any folder.
pub async fn connect(run_dir: &Path, id: SessionId) -> io::Result<UnixStream> {
    let directory = fs::File::open(directory(run_dir, id))?;
    UnixStream::connect(format!("/proc/self/fd/{}/socket", directory.as_raw_fd())).await
}

/// The directory of a session.
pub fn directory(run_dir: &Path, id: SessionId) -> PathBuf {
    run_dir.join(id.to_string())
}

/// Makes the run directory, for this account alone.
pub fn prepare(run_dir: &Path) -> Result<(), Error> {
    let refuse =
        |why: String| Err(Error::RunDir(format!("The directory {} {why}.", run_dir.display())));
    match make(run_dir) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return refuse(format!("can't be made: {error}")),
    }
    let found = match fs::symlink_metadata(run_dir) {
        Ok(found) => found,
        Err(error) => return refuse(format!("can't be looked at: {error}")),
    };
    if !found.is_dir() {
        return refuse("is not a directory".into());
    }
    if found.uid() != geteuid().as_raw() {
        return refuse("belongs to another account".into());
    }
    if found.mode() & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(run_dir, fs::Permissions::from_mode(0o700))
        .or_else(|error| refuse(format!("can't be kept from others: {error}")))
}

/// Makes a directory of mode 0700.
pub fn make(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(path)
}

/// The sessions that have a directory.
pub fn sessions(run_dir: &Path) -> Result<Vec<SessionId>, Error> {
    let names = fs::read_dir(run_dir)?.flatten().map(|entry| entry.file_name());
    Ok(names.filter_map(|name| name.to_str()?.parse().ok()).collect())
}

/// Longest final report that is read, in bytes.
const MAX_REPORT: u64 = 64 * 1024;

/// The final report of a session, if it left one. The directory is the account's that it ran as, so
/// whatever lies there is read with care.
pub fn final_report(run_dir: &Path, id: SessionId) -> Option<Report> {
    let no_surprise = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
    let path = directory(run_dir, id).join("report");
    let file = OpenOptions::new().read(true).custom_flags(no_surprise.bits()).open(path).ok()?;
    let mut bytes = Vec::new();
    file.take(MAX_REPORT).read_to_end(&mut bytes).ok()?;
    Report::decode(bytes.as_slice()).ok().filter(|report| report.end.is_some())
}

/// Removes what a session left.
pub fn remove(run_dir: &Path, id: SessionId) {
    if let Err(error) = fs::remove_dir_all(directory(run_dir, id))
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(session = %id, %error, "the session's directory can't be removed");
    }
}
