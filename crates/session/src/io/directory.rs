//! The session's own directory, held open: its path is out of reach once the process has become the
//! account, which cannot enter the directory above.

use std::{
    fs::File,
    io::{self, Write},
    os::fd::{AsRawFd, OwnedFd},
    path::Path,
};

use rustix::fs::{AtFlags, Gid, Mode, OFlags, Uid, fchown, openat, renameat, unlinkat};
use tokio::net::UnixListener;

/// Name of the final report.
const REPORT: &str = "report";

/// Name of the final report while it is written.
const UNFINISHED: &str = "report.unfinished";

/// Name of the socket.
const SOCKET: &str = "socket";

/// The directory.
pub struct Directory {
    fd: OwnedFd,
}

impl Directory {
    /// Opens it.
    ///
    /// # Errors
    /// As open(2).
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { fd: File::open(path)?.into() })
    }

    /// Binds the session's socket in it.
    ///
    /// # Errors
    /// As bind(2).
    pub fn listen(&self) -> io::Result<UnixListener> {
        // A socket's own name has room for 107 bytes; this one is short however long the directory's is.
        UnixListener::bind(format!("/proc/self/fd/{}/{SOCKET}", self.fd.as_raw_fd()))
    }

    /// Gives it to the account that the process is about to become, so that it can write its report. The
    /// socket stays the starter's.
    ///
    /// # Errors
    /// As fchown(2).
    pub fn give_to(&self, user: u32, group: u32) -> io::Result<()> {
        Ok(fchown(&self.fd, Some(Uid::from_raw(user)), Some(Gid::from_raw(group)))?)
    }

    /// Writes the final report: whole or not at all, and on the disk before anybody is told.
    ///
    /// # Errors
    /// Whoever reads the directory will call the session lost.
    pub fn write_report(&self, report: &[u8]) -> io::Result<()> {
        let flags = OFlags::CREATE | OFlags::WRONLY | OFlags::TRUNC | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let mut file = File::from(openat(&self.fd, UNFINISHED, flags, mode)?);
        file.write_all(report)?;
        file.sync_all()?;
        Ok(renameat(&self.fd, UNFINISHED, &self.fd, REPORT)?)
    }

    /// Nobody is to find the socket any more.
    pub fn remove_socket(&self) {
        // If it is gone already, so much the better.
        let _ = unlinkat(&self.fd, SOCKET, AtFlags::empty());
    }
}
