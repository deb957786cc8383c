//! The PTY and the shell on it. The only module that uses portable-pty; does not depend on the screen.

use std::{
    future::poll_fn,
    io,
    os::fd::BorrowedFd,
    path::Path,
    task::{Context, Poll},
};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use protocol::wire::Start;
use rustix::{fs, io as rio, process::Pid};
use screen::Size;

use crate::{error::Error, io::descriptor::Descriptor};

/// The kernel returns at most 4,095 bytes per read, so more output is likely to follow a read of at
/// least this length. A shorter read emptied the PTY, and new output wakes the reader.
pub const FULL: usize = 3072;

pub struct Pty {
    master: Box<dyn MasterPty + Send>,
    io: Descriptor,
    shell: Pid,
}

impl Pty {
    /// Opens a PTY and starts the login shell in `home`. Leaves nothing behind on failure.
    pub fn open(start: &Start, home: &str, size: Size) -> Result<Self, Error> {
        check_executable(&start.shell)?;
        let pair = native_pty_system()
            .openpty(pty_size(size))
            .map_err(|error| Error::Spawn(format!("Could not open a terminal: {error}.")))?;
        let mut command = CommandBuilder::new_default_prog();
        command.env_clear();
        for variable in &start.environment {
            command.env(&variable.name, &variable.value);
        }
        command.env("SHELL", &start.shell);
        command.cwd(home);
        let fd = pair
            .master
            .as_raw_fd()
            .ok_or_else(|| Error::Spawn("The terminal has no descriptor.".into()))?;
        #[expect(unsafe_code, reason = "portable-pty exposes its descriptor only as a number")]
        // SAFETY: `pair.master` owns the descriptor and outlives the borrow, which ends with the dup.
        let io = rio::fcntl_dupfd_cloexec(unsafe { BorrowedFd::borrow_raw(fd) }, 3)
            .map_err(io::Error::from)?;
        let flags = fs::fcntl_getfl(&io).map_err(io::Error::from)?;
        fs::fcntl_setfl(&io, flags | fs::OFlags::NONBLOCK).map_err(io::Error::from)?;
        let child = pair.slave.spawn_command(command).map_err(|error| {
            Error::Spawn(format!("Could not start the shell {}: {error:#}.", start.shell))
        })?;
        let shell = child
            .process_id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw)
            .ok_or_else(|| Error::Spawn("The shell has no process id.".into()))?;
        let io = Descriptor::new(io)?;
        // The end of the shell is detectable only after the slave side is closed here.
        drop(pair.slave);
        Ok(Self { master: pair.master, io, shell })
    }

    /// Process id of the shell. Valid until the shell is reaped.
    pub fn shell(&self) -> Pid {
        self.shell
    }

    /// Reads available output. Returns 0 after the last process closed the slave side.
    pub fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.io.poll_read(context, buffer, FULL).map(closed_is_0)
    }

    /// Reads available output. Returns `WouldBlock` when there is none.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        closed_is_0(self.io.read(buffer))
    }

    pub async fn writable(&self) {
        // Fails only for a closed master, which the next read reports.
        let _ = poll_fn(|context| self.io.poll_writable(context)).await;
    }

    /// Writes as many bytes as the line discipline accepts now.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let count = rio::write(&self.io, bytes)?;
        if count == bytes.len() {
            self.io.written();
        }
        Ok(count)
    }

    /// Sets the size; the kernel sends SIGWINCH to the foreground program.
    pub fn resize(&self, size: Size) {
        // Fails only for a closed master, which the next read reports.
        let _ = self.master.resize(pty_size(size));
    }

    pub fn foreground(&self) -> Option<i32> {
        self.master.process_group_leader()
    }
}

/// Converts EIO, which Linux returns after the last process closed the slave side, to the usual 0.
fn closed_is_0(read: io::Result<usize>) -> io::Result<usize> {
    match read {
        Err(error) if error.raw_os_error() == Some(rio::Errno::IO.raw_os_error()) => Ok(0),
        other => other,
    }
}

fn pty_size(size: Size) -> PtySize {
    PtySize { rows: size.rows, cols: size.columns, pixel_width: 0, pixel_height: 0 }
}

/// Checks that this user can use the directory as working directory.
pub fn is_enterable(directory: &str) -> bool {
    Path::new(directory).is_dir() && fs::access(directory, fs::Access::EXEC_OK).is_ok()
}

fn check_executable(shell: &str) -> Result<(), Error> {
    let refused = |why: &str| Err(Error::Spawn(format!("The shell {shell} {why}.")));
    match fs::access(shell, fs::Access::EXEC_OK) {
        Ok(()) if Path::new(shell).is_file() => Ok(()),
        Ok(()) => refused("is not a file"),
        Err(rio::Errno::NOENT | rio::Errno::NOTDIR) => refused("does not exist"),
        Err(_) => refused("is not executable"),
    }
}
