//! The directory of sockets and final reports: `run/{session}/socket` and `run/{session}/report`.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use nix::unistd::geteuid;
use prost::Message;
use protocol::{id::SessionId, wire::Report};

use crate::Error;

/// Longest path of a Unix socket, in bytes: `sockaddr_un` has 108, one of them the final zero.
const MAX_SOCKET_PATH: usize = 107;

/// The socket of a session.
pub fn socket(run_dir: &Path, id: SessionId) -> PathBuf {
    directory(run_dir, id).join("socket")
}

/// The directory of a session.
pub fn directory(run_dir: &Path, id: SessionId) -> PathBuf {
    run_dir.join(id.to_string())
}

/// Makes the run directory, for this account alone.
pub fn prepare(run_dir: &Path) -> Result<(), Error> {
    let refuse =
        |why: String| Err(Error::RunDir(format!("The directory {} {why}.", run_dir.display())));
    let longest = socket(run_dir, SessionId(uuid::Uuid::nil())).as_os_str().len();
    if longest > MAX_SOCKET_PATH {
        return refuse(format!(
            "has too long a name for a socket in it: {} bytes too many",
            longest - MAX_SOCKET_PATH
        ));
    }
    match make(run_dir) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return refuse(format!("can't be made: {error}")),
    }
    let found = fs::symlink_metadata(run_dir)?;
    if !found.is_dir() {
        return refuse("is not a directory".into());
    }
    if found.uid() != geteuid().as_raw() {
        return refuse("belongs to another account".into());
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(run_dir, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
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

/// The final report of a session, if it left one.
pub fn final_report(run_dir: &Path, id: SessionId) -> Option<Report> {
    let bytes = fs::read(directory(run_dir, id).join("report")).ok()?;
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
