//! The run directory with the sockets and final reports of sessions: `run/{session}/socket` and `run/{session}/report`.

use std::{
    fs::{self, OpenOptions},
    io::{self, Read},
    os::{
        fd::AsRawFd,
        unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    },
    path::{Path, PathBuf},
};

use prost::Message;
use protocol::{id::SessionId, wire::Report};
use rustix::{fs::OFlags, process::geteuid};
use tokio::net::UnixStream;

use crate::Error;

/// Connects to a session relative to an open directory: a socket path has at most 107 bytes.
pub async fn connect(run_dir: &Path, id: SessionId) -> io::Result<UnixStream> {
    let directory = fs::File::open(directory(run_dir, id))?;
    UnixStream::connect(format!("/proc/self/fd/{}/socket", directory.as_raw_fd())).await
}

pub fn directory(run_dir: &Path, id: SessionId) -> PathBuf {
    run_dir.join(id.to_string())
}

/// Creates the run directory with access for this account alone.
pub fn prepare(run_dir: &Path) -> Result<(), Error> {
    let path = run_dir.display();
    let refuse = |problem| Err(Error::RunDir(format!("The run directory {path} {problem}.")));
    let fail = |action, error: io::Error| {
        Error::RunDir(format!("Could not {action} the run directory {path}: {error}."))
    };
    if let Err(error) = create(run_dir)
        && error.kind() != io::ErrorKind::AlreadyExists
    {
        return Err(fail("create", error));
    }
    let found = fs::symlink_metadata(run_dir).map_err(|error| fail("read", error))?;
    if !found.is_dir() {
        return refuse("is not a directory");
    }
    if found.uid() != geteuid().as_raw() {
        return refuse("belongs to another account");
    }
    if found.mode() & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(run_dir, fs::Permissions::from_mode(0o700))
        .map_err(|error| fail("restrict access to", error))
}

pub fn create(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(path)
}

pub fn sessions(run_dir: &Path) -> Result<Vec<SessionId>, Error> {
    let names = fs::read_dir(run_dir)?.flatten().map(|entry| entry.file_name());
    Ok(names.filter_map(|name| name.to_str()?.parse().ok()).collect())
}

/// Maximum size of a final report, in bytes.
const MAX_REPORT: u64 = 64 * 1024;

/// Returns the final report of a session, untrusted, because its account owns the directory.
pub fn final_report(run_dir: &Path, id: SessionId) -> Option<Report> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let path = directory(run_dir, id).join("report");
    let file = OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(path).ok()?;
    let mut bytes = Vec::new();
    file.take(MAX_REPORT).read_to_end(&mut bytes).ok()?;
    Report::decode(bytes.as_slice()).ok().filter(|report| report.end.is_some())
}

pub fn remove(run_dir: &Path, id: SessionId) {
    if let Err(error) = fs::remove_dir_all(directory(run_dir, id))
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(session = %id, %error, "cannot remove the session directory");
    }
}
