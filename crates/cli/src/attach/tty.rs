//! The terminal of this program: raw mode, alternate screen, size and input. It is restored when the
//! program ends, also by a panic.

use std::{
    io::{self, IsTerminal},
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    panic,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use rustix::{
    event::{PollFd, PollFlags, poll},
    termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr},
};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::sgr;

/// Saves the title, enters the alternate screen, disables line wrap and alternate scroll, enables
/// bracketed paste, resets the key modes.
const ENTER: &str =
    "\x1b[22;0t\x1b[?1049h\x1b[?7l\x1b[?2004h\x1b[?1l\x1b>\x1b[>0u\x1b[?1007l\x1b[0m\x1b[2J";

/// Undoes [`ENTER`] and all modes that painting sets.
const LEAVE: &str = "\x1b[?2026l\x1b[0m\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?1007h\x1b[<u\x1b[0 q\x1b[?25h\x1b[?7h\x1b[?1049l\x1b[23;0t";

/// Saved settings of the terminal; `None` once they are restored.
type Saved = Arc<Mutex<Option<Termios>>>;

const QUEUE: usize = 16;

/// The terminal in raw mode, restored when dropped.
pub struct Tty {
    input: Arc<OwnedFd>,
    output: OwnedFd,
    typed: Receiver<Vec<u8>>,
    saved: Saved,
}

impl Tty {
    /// Takes over the terminal of standard input and output.
    pub fn take() -> io::Result<Self> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Err(io::Error::other("standard input and output must be a terminal"));
        }
        Self::on(io::stdin().as_fd(), io::stdout().as_fd())
    }

    fn on(input: BorrowedFd<'_>, output: BorrowedFd<'_>) -> io::Result<Self> {
        let input = Arc::new(input.try_clone_to_owned()?);
        let output = output.try_clone_to_owned()?;
        let (sender, typed) = channel(QUEUE);
        let tty = Self { input: Arc::clone(&input), output, typed, saved: Saved::default() };
        tty.enter()?;
        tty.restore_on_panic()?;
        // Other programs share this descriptor, so it must stay blocking. The thread ends with the
        // program or the terminal.
        thread::Builder::new().name("input".into()).spawn(move || listen(&input, &sender))?;
        Ok(tty)
    }

    /// Sets the modes of an attachment, and saves the settings before. After [`Self::leave`], or after a
    /// stop in which another program may have changed them.
    pub fn enter(&self) -> io::Result<()> {
        self.leave();
        let settings = tcgetattr(&self.input)?;
        let mut raw = settings.clone();
        raw.make_raw();
        *self.saved.lock().unwrap_or_else(PoisonError::into_inner) = Some(settings);
        tcsetattr(&self.input, OptionalActions::Drain, &raw)?;
        self.write(ENTER)
    }

    /// Restores the terminal, once.
    pub fn leave(&self) {
        restore(&self.saved, &self.input, &self.output);
    }

    /// Restores the terminal before the message of a panic, so that it stays visible.
    fn restore_on_panic(&self) -> io::Result<()> {
        let saved = Arc::clone(&self.saved);
        let (input, output) = (Arc::clone(&self.input), self.output.try_clone()?);
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            restore(&saved, &input, &output);
            usual(panic);
        }));
        Ok(())
    }

    pub fn size(&self) -> Option<(u16, u16)> {
        size_of(self.output.as_fd())
    }

    pub fn write(&self, text: &str) -> io::Result<()> {
        write(&self.output, text)
    }

    /// Returns the next input, or `None` once the terminal is gone.
    pub async fn read(&mut self) -> Option<Vec<u8>> {
        self.typed.recv().await
    }
}

/// Reads until the terminal is gone or the receiver is dropped.
fn listen(input: &OwnedFd, sender: &Sender<Vec<u8>>) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        match rustix::io::read(input, &mut buffer) {
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => {
                if poll(&mut [PollFd::new(input, PollFlags::IN)], None).is_err() {
                    return;
                }
            }
            Ok(0) | Err(_) => return,
            Ok(read) => {
                let bytes = buffer.get(..read).unwrap_or_default().to_vec();
                if sender.blocking_send(bytes).is_err() {
                    return;
                }
            }
        }
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        self.leave();
    }
}

fn restore(saved: &Saved, input: &OwnedFd, output: &OwnedFd) {
    let settings = saved.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(settings) = settings {
        // Fails only if the terminal is gone.
        let _ = write(output, sgr::OWN_COLORS).and_then(|()| write(output, LEAVE));
        let _ = tcsetattr(input, OptionalActions::Drain, &settings);
    }
}

fn write(output: &OwnedFd, text: &str) -> io::Result<()> {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        match rustix::io::write(output, rest) {
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR) => {}
            // Another program made the terminal non-blocking.
            Err(rustix::io::Errno::AGAIN) => {
                poll(&mut [PollFd::new(output, PollFlags::OUT)], None)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Returns columns and rows of the terminal on standard output, if it is one.
pub fn size() -> Option<(u16, u16)> {
    size_of(io::stdout().as_fd())
}

fn size_of(terminal: BorrowedFd<'_>) -> Option<(u16, u16)> {
    let size = tcgetwinsize(terminal).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use rustix::{
        pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
        termios::LocalModes,
    };

    use super::*;

    fn pseudo_terminal() -> (OwnedFd, OwnedFd) {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let slave = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        (master, slave.into())
    }

    fn written(master: &OwnedFd) -> String {
        let mut buffer = [0; 4096];
        let read = rustix::io::read(master, &mut buffer).unwrap();
        String::from_utf8(buffer[..read].to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_panic_restores_the_terminal() {
        let (master, slave) = pseudo_terminal();
        let echoes = || tcgetattr(&slave).unwrap().local_modes.contains(LocalModes::ECHO);
        assert!(echoes());
        let tty = Tty::on(slave.as_fd(), slave.as_fd()).unwrap();
        assert_eq!((echoes(), written(&master).as_str()), (false, ENTER));
        let unwound = panic::catch_unwind(panic::AssertUnwindSafe(|| {
            let _tty = tty;
            panic!("a bug");
        }));
        assert!(unwound.is_err() && echoes());
        let left = written(&master);
        assert!(left.ends_with(LEAVE), "{left:?}");
    }

    #[tokio::test]
    async fn input_arrives_as_typed_until_the_terminal_is_gone() {
        let (master, slave) = pseudo_terminal();
        let mut tty = Tty::on(slave.as_fd(), slave.as_fd()).unwrap();
        for typed in [&b"\x03"[..], b"\r", b"0123456789"] {
            rustix::io::write(&master, typed).unwrap();
            let mut got = Vec::new();
            while got.len() < typed.len() {
                got.extend(tty.read().await.unwrap());
            }
            assert_eq!(got, typed);
        }
        drop(master);
        assert_eq!(tty.read().await, None);
    }
}
