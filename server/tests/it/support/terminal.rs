//! A terminal that runs websh: a PTY, and an emulator that interprets its output.

use std::io::{Read, Write};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use protocol::mirror::Mirror;
use screen::{Screen, Size};
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::timeout,
};

use super::{CliUser, LONG};

pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    output: UnboundedReceiver<Vec<u8>>,
    screen: Screen,
    /// All output, unprocessed.
    pub drawn: Vec<u8>,
}

fn pty_size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

impl Terminal {
    /// Runs websh in a terminal of 80 × 24.
    pub fn run(user: &CliUser, arguments: &[&str]) -> Self {
        let pair = native_pty_system().openpty(pty_size(80, 24)).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_websh"));
        command.args(arguments);
        command.env_clear();
        user.variables().into_iter().for_each(|(name, value)| command.env(name, value));
        command.cwd(user.home.path());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keyboard = pair.master.take_writer().unwrap();
        let (sender, output) = unbounded_channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        let screen = Screen::new(Size::clamped(80, 24), 0);
        Self { master: pair.master, keyboard, child, output, screen, drawn: Vec::new() }
    }

    pub fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    pub fn process(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.screen.resize(Size::clamped(columns, rows));
        self.master.resize(pty_size(columns, rows)).unwrap();
    }

    /// Returns the visible rows.
    pub fn rows(&mut self) -> Vec<String> {
        self.screen.sync();
        let mut mirror = Mirror::default();
        mirror.apply(&self.screen.frame_since(None).unwrap()).unwrap();
        mirror.lines.iter().map(|line| line.text.clone()).collect()
    }

    /// Returns the modes that websh has set.
    pub fn modes(&self) -> u32 {
        self.screen.modes()
    }

    pub fn shows(&mut self, text: &str) -> bool {
        self.rows().iter().any(|row| row.contains(text))
    }

    /// Reads until a row contains a text.
    pub async fn until_shows(&mut self, text: &str) {
        self.until(|terminal| terminal.shows(text), text).await;
    }

    pub async fn until(&mut self, is_met: impl Fn(&mut Self) -> bool, what: &str) {
        while !is_met(self) {
            match timeout(LONG, self.output.recv()).await {
                Ok(Some(bytes)) => self.take(&bytes),
                Ok(None) => panic!("websh ended before {what}: {:#?}", self.rows()),
                Err(_) => panic!("never: {what}: {:#?}", self.rows()),
            }
        }
    }

    /// Reads until websh ends. Returns its status and the remaining screen.
    pub async fn end(mut self) -> (u32, String) {
        let ended = timeout(LONG, async {
            while let Some(bytes) = self.output.recv().await {
                self.take(&bytes);
            }
        });
        if ended.await.is_err() {
            panic!("websh never ended: {:#?}", self.rows());
        }
        let status = self.child.wait().unwrap().exit_code();
        assert_eq!(
            self.modes() & protocol::modes::ALTERNATE_SCREEN,
            0,
            "the alternate screen was left"
        );
        (status, self.rows().join("\n"))
    }

    fn take(&mut self, bytes: &[u8]) {
        self.drawn.extend_from_slice(bytes);
        self.screen.feed(bytes);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
