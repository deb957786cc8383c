//! One PTY and the shell on it. The only file that knows portable-pty; it knows no screen.

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

/// The kernel gives at most 4,095 bytes a read, so one of at least this much has more behind it, most
/// likely. A shorter one took all there was: what comes afterwards is announced anew.
pub const FULL: usize = 3072;

/// The master side, non-blocking, and the shell's process id.
pub struct Pty {
    master: Box<dyn MasterPty + Send>,
    io: Descriptor,
    shell: Pid,
}

impl Pty {
    /// Opens a PTY and starts the login shell on it, in the directory `home`. Nothing is left behind when it fails.
    ///
    /// # Errors
    /// [`Error::Spawn`] with a sentence for the person who asked.
    pub fn open(start: &Start, home: &str, size: Size) -> Result<Self, Error> {
        executable(&start.shell)?;
        let pair = native_pty_system()
            .openpty(pty_size(size))
            .map_err(|error| Error::Spawn(format!("No terminal could be opened: {error}.")))?;
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
        #[expect(unsafe_code, reason = "portable-pty hands out its descriptor only as a number")]
        // SAFETY: `pair.master` owns the descriptor and outlives the borrow, which ends with the dup.
        let io = rio::fcntl_dupfd_cloexec(unsafe { BorrowedFd::borrow_raw(fd) }, 3)
            .map_err(io::Error::from)?;
        let flags = fs::fcntl_getfl(&io).map_err(io::Error::from)?;
        fs::fcntl_setfl(&io, flags | fs::OFlags::NONBLOCK).map_err(io::Error::from)?;
        let child = pair.slave.spawn_command(command).map_err(|error| {
            Error::Spawn(format!("The shell {} could not be started: {error:#}.", start.shell))
        })?;
        let shell = child
            .process_id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw)
            .ok_or_else(|| Error::Spawn("The shell has no process id.".into()))?;
        let io = Descriptor::new(io)?;
        // The slave side closes here, or the end of the shell would never be seen.
        drop(pair.slave);
        Ok(Self { master: pair.master, io, shell })
    }

    /// The shell's process id; valid until it was reaped.
    pub fn shell(&self) -> Pid {
        self.shell
    }

    /// Reads once there is something; 0 once the last process closed the slave side.
    pub fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.io.poll_read(context, buffer, FULL).map(closed_is_0)
    }

    /// Reads what is there: `WouldBlock` when nothing is.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        closed_is_0(self.io.read(buffer))
    }

    /// Waits, after a write that was not taken, until the next may be.
    pub async fn writable(&self) {
        // Only a closed master could refuse; its end is noticed by reading.
        let _ = poll_fn(|context| self.io.poll_writable(context)).await;
    }

    /// Writes as much as the line discipline takes now.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let count = rio::write(&self.io, bytes)?;
        if count == bytes.len() {
            self.io.written();
        }
        Ok(count)
    }

    /// Tells the kernel and, by SIGWINCH, the foreground program.
    pub fn resize(&self, size: Size) {
        // Only a closed master could refuse; its end is noticed by reading.
        let _ = self.master.resize(pty_size(size));
    }

    /// The process group in the foreground, if there is one.
    pub fn foreground(&self) -> Option<i32> {
        self.master.process_group_leader()
    }
}

/// Linux reports the end of the last process on the slave side as EIO; here it is the usual 0.
fn closed_is_0(read: io::Result<usize>) -> io::Result<usize> {
    match read {
        Err(error) if error.raw_os_error() == Some(rio::Errno::IO.raw_os_error()) => Ok(0),
        other => other,
    }
}

fn pty_size(size: Size) -> PtySize {
    PtySize { rows: size.rows, cols: size.columns, pixel_width: 0, pixel_height: 0 }
}

/// Whether this user can have the directory as its working directory.
pub fn enterable(directory: &str) -> bool {
    Path::new(directory).is_dir() && fs::access(directory, fs::Access::EXEC_OK).is_ok()
}

fn executable(shell: &str) -> Result<(), Error> {
    let refused = |why: &str| Err(Error::Spawn(format!("The shell {shell} {why}.")));
    match fs::access(shell, fs::Access::EXEC_OK) {
        Ok(()) if Path::new(shell).is_file() => Ok(()),
        Ok(()) => refused("is not a file"),
        Err(rio::Errno::NOENT | rio::Errno::NOTDIR) => refused("does not exist"),
        Err(_) => refused("may not be executed"),
    }
}
