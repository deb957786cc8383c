//! The session's directory, held open: after the process has become the account it can no longer reach
//! the path, because the account cannot enter the parent directory.

use std::{
    fs::File,
    io::{self, Write},
    os::fd::{AsRawFd, OwnedFd},
    path::Path,
};

use rustix::fs::{AtFlags, Gid, Mode, OFlags, Uid, fchown, openat, renameat, unlinkat};
use tokio::net::UnixListener;

const REPORT: &str = "report";

/// Name of the final report while it is being written.
const UNFINISHED: &str = "report.unfinished";

const SOCKET: &str = "socket";

pub struct Directory {
    fd: OwnedFd,
}

impl Directory {
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { fd: File::open(path)?.into() })
    }

    pub fn listen(&self) -> io::Result<UnixListener> {
        // A socket name holds 107 bytes. This name is short even for a long path of the directory.
        UnixListener::bind(format!("/proc/self/fd/{}/{SOCKET}", self.fd.as_raw_fd()))
    }

    /// Changes the owner to the account that writes the report. The socket keeps its owner.
    pub fn chown(&self, user: u32, group: u32) -> io::Result<()> {
        Ok(fchown(&self.fd, Some(Uid::from_raw(user)), Some(Gid::from_raw(group)))?)
    }

    /// Writes the final report to disk atomically. Without it the session counts as lost.
    pub fn write_report(&self, report: &[u8]) -> io::Result<()> {
        let flags = OFlags::CREATE | OFlags::WRONLY | OFlags::TRUNC | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let mut file = File::from(openat(&self.fd, UNFINISHED, flags, mode)?);
        file.write_all(report)?;
        file.sync_all()?;
        Ok(renameat(&self.fd, UNFINISHED, &self.fd, REPORT)?)
    }

    pub fn remove_socket(&self) {
        let _ = unlinkat(&self.fd, SOCKET, AtFlags::empty());
    }
}
