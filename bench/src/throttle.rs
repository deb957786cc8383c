//! A TCP connection that counts the bytes it reads and can limit their rate.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::stats::pause;

/// Bytes that a slow line may deliver at once.
const BURST: f64 = 16_384.0;

/// A connection.
#[derive(Debug)]
pub struct Line {
    tcp: TcpStream,
    /// Bytes read so far.
    pub read: u64,
    rate: Option<f64>,
    allowed: f64,
    since: Instant,
}

impl Line {
    /// Connects to a port of this machine. Reads time out after `timeout`, so that callers can check
    /// their deadline.
    pub fn connect(port: u16, rate: Option<f64>, timeout: Duration) -> io::Result<Self> {
        let tcp = TcpStream::connect(("127.0.0.1", port))?;
        tcp.set_nodelay(true)?;
        tcp.set_read_timeout(Some(timeout))?;
        Ok(Self { tcp, read: 0, rate, allowed: BURST, since: Instant::now() })
    }
}

impl Read for Line {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut room = buffer.len();
        if let Some(rate) = self.rate {
            loop {
                let now = Instant::now();
                let earned = now.duration_since(self.since).as_secs_f64() * rate;
                self.allowed = (self.allowed + earned).min(BURST);
                self.since = now;
                if self.allowed >= 1024.0 {
                    break;
                }
                pause(Duration::from_millis(1));
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "1 to 16384"
            )]
            let limit = self.allowed as usize;
            room = room.min(limit);
        }
        let count = self.tcp.read(buffer.get_mut(..room).unwrap_or_default())?;
        self.read += count as u64;
        #[expect(clippy::cast_precision_loss, reason = "a read is at most some 100 KB")]
        let spent = count as f64;
        self.allowed -= spent;
        Ok(count)
    }
}

impl Write for Line {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.tcp.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tcp.flush()
    }
}
