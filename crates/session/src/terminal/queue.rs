//! Input on its way to the PTY: numbered per client so that nothing is applied twice, queued with a
//! bound so that a program that does not read costs no memory. Pure: it encodes and writes nothing.

use std::collections::VecDeque;

use protocol::id::ClientId;

/// Clients whose numbers are remembered; the one unused for longest is forgotten first.
const CLIENTS: usize = 64;

/// The same of guests: more than ever are attached.
pub const GUESTS: usize = 1024;

/// Bytes that may wait for the PTY. A client keeps at most 64 KiB unacknowledged, so only a broken one
/// gets here.
const MAX_QUEUED: usize = 1024 * 1024;

/// What a piece that waits costs beside its bytes: a million of one byte each are no mebibyte.
const PIECE: usize = 64;

/// The same of answers of the terminal itself: a program that asks and never reads gets no more of them,
/// and whoever types to it does not pay for that.
const MAX_ANSWERS: usize = 64 * 1024;

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
#[derive(Debug)]
pub struct Numbers {
    most: usize,
    clients: VecDeque<(ClientId, u64)>,
}

impl Default for Numbers {
    fn default() -> Self {
        Self::of(CLIENTS)
    }
}

impl Numbers {
    /// Remembers so many.
    pub fn of(most: usize) -> Self {
        Self { most, clients: VecDeque::new() }
    }

    /// A client attaches and still holds inputs from `next` on. Returns the highest number it need not
    /// send again: for an unknown client, all before `next`.
    pub fn attach(&mut self, client: ClientId, next: u64) -> u64 {
        let known = self.clients.iter().position(|(id, _)| *id == client);
        let accepted = match known.and_then(|at| self.clients.remove(at)) {
            Some((_, accepted)) => accepted,
            None => next.saturating_sub(1),
        };
        if self.clients.len() == self.most {
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
    pieces: VecDeque<Piece>,
    /// Bytes of the first piece that are written.
    written: usize,
    /// What waits of viewers' input, [`PIECE`] for each included.
    input: usize,
    /// The same of answers.
    answers: usize,
}

#[derive(Debug)]
struct Piece {
    viewer: Option<u64>,
    answer: bool,
    bytes: Vec<u8>,
}

/// What ends a bracketed paste.
pub const PASTE_END: &[u8] = b"\x1b[201~";

/// What was taken back from the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Withdrawn {
    /// Inputs of which at least a part was not written.
    pub inputs: usize,
    /// Brackets that would have begun a paste.
    pub pastes_begun: usize,
    /// Brackets that would have ended one.
    pub pastes_ended: usize,
}

/// More waits for the PTY than any well-behaved client sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Queue {
    /// Appends an input of `viewer`, or what the session itself has to add to input (none).
    ///
    /// # Errors
    /// [`Full`]; nothing was queued.
    pub fn push(&mut self, viewer: Option<u64>, bytes: Vec<u8>) -> Result<(), Full> {
        if !self.has_room(bytes.len()) {
            return Err(Full);
        }
        self.input += bytes.len() + PIECE;
        self.pieces.push_back(Piece { viewer, answer: false, bytes });
        Ok(())
    }

    /// Appends an answer of the terminal itself.
    ///
    /// # Errors
    /// [`Full`]; nothing was queued.
    pub fn answer(&mut self, bytes: Vec<u8>) -> Result<(), Full> {
        let cost = bytes.len() + PIECE;
        if self.answers + cost > MAX_ANSWERS {
            return Err(Full);
        }
        self.answers += cost;
        self.pieces.push_back(Piece { viewer: None, answer: true, bytes });
        Ok(())
    }

    /// Whether an input of `bytes` more would be taken.
    pub fn has_room(&self, bytes: usize) -> bool {
        self.input + bytes + PIECE <= MAX_QUEUED
    }

    /// Whether anything waits.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Takes back what is not written yet of the inputs of `viewer`.
    pub fn withdraw(&mut self, viewer: u64) -> Withdrawn {
        let mut withdrawn = Withdrawn::default();
        let mut written = self.written;
        self.pieces.retain(|Piece { viewer: whose, bytes, .. }| {
            let rest = bytes.get(std::mem::take(&mut written)..).unwrap_or_default();
            if *whose != Some(viewer) {
                return true;
            }
            if rest.len() < bytes.len() {
                self.written = 0;
            }
            let count = |bracket: &[u8]| rest.windows(6).filter(|six| *six == bracket).count();
            withdrawn.inputs += 1;
            withdrawn.pastes_begun += count(b"\x1b[200~");
            withdrawn.pastes_ended += count(PASTE_END);
            self.input -= rest.len() + PIECE;
            false
        });
        withdrawn
    }

    /// What to write next.
    pub fn front(&self) -> Option<&[u8]> {
        self.pieces.front().and_then(|piece| piece.bytes.get(self.written..))
    }

    /// Counts `n` written bytes. Returns whose input is thereby done, if one is.
    pub fn advance(&mut self, n: usize) -> Option<u64> {
        let first = self.pieces.front()?;
        self.written += n;
        let done = self.written >= first.bytes.len();
        let cost = if done { n + PIECE } else { n };
        let waiting = if first.answer { &mut self.answers } else { &mut self.input };
        *waiting -= cost;
        if !done {
            return None;
        }
        self.written = 0;
        self.pieces.pop_front().and_then(|piece| piece.viewer)
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
        queue.push(None, vec![0; MAX_QUEUED - PIECE]).unwrap();
    }

    #[test]
    fn pieces_count_however_small_they_are() {
        let mut queue = Queue::default();
        let taken = (0..MAX_QUEUED).take_while(|_| queue.push(Some(7), vec![b'x']).is_ok());
        let taken = taken.count();
        assert_eq!(taken, MAX_QUEUED / (PIECE + 1));
        for _ in 0..taken {
            assert_eq!(queue.advance(1), Some(7));
        }
        assert!(queue.is_empty() && queue.has_room(MAX_QUEUED - PIECE));
    }

    #[test]
    fn answers_that_nobody_reads_take_no_room_from_input() {
        let mut queue = Queue::default();
        let taken = (0..MAX_QUEUED).take_while(|_| queue.answer(b"\x1b[0n".to_vec()).is_ok());
        let taken = taken.count();
        assert_eq!(taken, MAX_ANSWERS / (PIECE + 4));
        assert!(queue.has_room(MAX_QUEUED - PIECE));
        queue.push(Some(7), b"q".to_vec()).unwrap();
        for _ in 0..taken {
            assert_eq!((queue.advance(1), queue.advance(3)), (None, None));
        }
        queue.answer(vec![b'a'; MAX_ANSWERS - PIECE]).unwrap();
        assert_eq!(queue.advance(1), Some(7));
        assert_eq!(queue.withdraw(7), Withdrawn::default());
        assert_eq!((queue.advance(MAX_ANSWERS - PIECE), queue.is_empty()), (None, true));
    }

    #[test]
    fn what_is_not_written_is_taken_back_and_nothing_of_others() {
        let mut queue = Queue::default();
        for (viewer, bytes) in [(7, "\x1b[200~one"), (8, "two"), (7, "three\x1b[201~"), (7, "4")] {
            queue.push(Some(viewer), bytes.into()).unwrap();
        }
        assert_eq!(queue.advance(7), None);
        let withdrawn = queue.withdraw(7);
        assert_eq!(withdrawn, Withdrawn { inputs: 3, pastes_begun: 0, pastes_ended: 1 });
        assert_eq!(queue.front(), Some(&b"two"[..]));
        assert_eq!(queue.advance(3), Some(8));
        assert!(queue.is_empty() && queue.has_room(MAX_QUEUED - PIECE));
        queue.push(Some(8), b"five".to_vec()).unwrap();
        queue.push(Some(7), b"six".to_vec()).unwrap();
        assert_eq!(queue.advance(1), None);
        assert_eq!(queue.withdraw(7).inputs, 1);
        assert_eq!(queue.front(), Some(&b"ive"[..]));
        assert_eq!(queue.advance(3), Some(8));
        assert!(queue.is_empty() && queue.has_room(MAX_QUEUED - PIECE));
    }
}
