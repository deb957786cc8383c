//! Input on its way to the PTY: numbered per client so that nothing is applied twice, queued with a
//! bound so that a program that does not read costs no memory. Pure: it encodes and writes nothing.

use std::collections::VecDeque;

use protocol::id::ClientId;

/// Clients whose numbers are remembered; the one unused for longest is forgotten first.
const CLIENTS: usize = 64;

/// Bytes that may wait for the PTY. A client keeps at most 64 KiB unacknowledged, so only a broken one
/// gets here.
const MAX_QUEUED: usize = 1024 * 1024;

/// What to do with a numbered input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// New: apply it.
    Apply,
    /// Seen before: a resend that is not needed.
    Repeat,
    /// A number is missing before it: the client is broken.
    Gap,
}

/// The highest input number of each client, the most recently used last.
#[derive(Debug, Default)]
pub struct Numbers {
    clients: VecDeque<(ClientId, u64)>,
}

impl Numbers {
    /// A client attaches and still holds inputs from `next` on. Returns the highest number it need not
    /// send again: for an unknown client, all before `next`.
    pub fn attach(&mut self, client: ClientId, next: u64) -> u64 {
        let known = self.clients.iter().position(|(id, _)| *id == client);
        let accepted = match known.and_then(|at| self.clients.remove(at)) {
            Some((_, accepted)) => accepted,
            None => next.saturating_sub(1),
        };
        if self.clients.len() == CLIENTS {
            self.clients.pop_front();
        }
        self.clients.push_back((client, accepted));
        accepted
    }

    /// Whether this client has attached before.
    pub fn knows(&self, client: ClientId) -> bool {
        self.clients.iter().any(|(id, _)| *id == client)
    }

    /// Judges and, if it is new, remembers a number of an attached client.
    pub fn judge(&mut self, client: ClientId, number: u64) -> Verdict {
        let Some(at) = self.clients.iter().rposition(|(id, _)| *id == client) else {
            return Verdict::Gap;
        };
        // Who types stays among those that are remembered.
        let last = self.clients.len() - 1;
        self.clients.swap(at, last);
        let Some((_, accepted)) = self.clients.back_mut() else { return Verdict::Gap };
        if number <= *accepted {
            return Verdict::Repeat;
        }
        if number != *accepted + 1 {
            return Verdict::Gap;
        }
        *accepted = number;
        Verdict::Apply
    }
}

/// Bytes that wait for the PTY, with the viewer to thank for each input.
#[derive(Debug, Default)]
pub struct Queue {
    pieces: VecDeque<(Option<u64>, Vec<u8>)>,
    /// Bytes of the first piece that are written.
    written: usize,
    bytes: usize,
}

/// More waits for the PTY than any well-behaved client sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Queue {
    /// Appends an input of `viewer`, or an answer of the terminal itself (none).
    ///
    /// # Errors
    /// [`Full`]; nothing was queued.
    pub fn push(&mut self, viewer: Option<u64>, bytes: Vec<u8>) -> Result<(), Full> {
        if !self.has_room(bytes.len()) {
            return Err(Full);
        }
        self.bytes += bytes.len();
        self.pieces.push_back((viewer, bytes));
        Ok(())
    }

    /// Whether `bytes` more would be taken.
    pub fn has_room(&self, bytes: usize) -> bool {
        self.bytes + bytes <= MAX_QUEUED
    }

    /// Whether anything waits.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// What to write next.
    pub fn front(&self) -> Option<&[u8]> {
        self.pieces.front().and_then(|(_, bytes)| bytes.get(self.written..))
    }

    /// Counts `n` written bytes. Returns whose input is thereby done, if one is.
    pub fn advance(&mut self, n: usize) -> Option<u64> {
        self.written += n;
        self.bytes -= n;
        if self.pieces.front().is_some_and(|(_, bytes)| self.written >= bytes.len()) {
            self.written = 0;
            return self.pieces.pop_front().and_then(|(viewer, _)| viewer);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(n: u8) -> ClientId {
        ClientId(uuid::Uuid::from_bytes([n; 16]))
    }

    #[test]
    fn resent_input_is_applied_once() {
        let mut numbers = Numbers::default();
        assert_eq!(numbers.attach(client(1), 1), 0);
        assert_eq!(numbers.judge(client(1), 1), Verdict::Apply);
        assert_eq!(numbers.judge(client(1), 2), Verdict::Apply);
        assert_eq!(numbers.attach(client(1), 1), 2);
        for (number, verdict) in
            [(1, Verdict::Repeat), (2, Verdict::Repeat), (3, Verdict::Apply), (5, Verdict::Gap)]
        {
            assert_eq!(numbers.judge(client(1), number), verdict, "{number}");
        }
    }

    #[test]
    fn a_forgotten_client_goes_on_where_it_was() {
        let mut numbers = Numbers::default();
        numbers.attach(client(200), 1);
        (0..64).for_each(|n| assert_eq!(numbers.attach(client(n), 1), 0));
        assert_eq!(numbers.attach(client(200), 41), 40);
        assert_eq!(numbers.judge(client(200), 41), Verdict::Apply);
    }

    #[test]
    fn the_queue_is_bounded_and_counts_partial_writes() {
        let mut queue = Queue::default();
        queue.push(Some(7), b"abc".to_vec()).unwrap();
        queue.push(None, b"d".to_vec()).unwrap();
        assert_eq!(queue.push(None, vec![0; MAX_QUEUED]), Err(Full));
        assert_eq!((queue.advance(2), queue.front()), (None, Some(&b"c"[..])));
        assert_eq!((queue.advance(1), queue.front()), (Some(7), Some(&b"d"[..])));
        assert_eq!((queue.advance(1), queue.is_empty()), (None, true));
        queue.push(None, vec![0; MAX_QUEUED]).unwrap();
    }
}
