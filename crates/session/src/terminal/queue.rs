//! Input waiting for the PTY, with a bound, so that a program that does not read costs no memory. Pure.

use std::collections::VecDeque;

/// Bytes of input that may wait. Clients keep at most 64 KiB unacknowledged, unless broken.
const MAX_QUEUED: usize = 1024 * 1024;

/// Per-item overhead charged against [`MAX_QUEUED`], so that tiny items cannot bypass the limit.
const OVERHEAD: usize = 64;

/// Bytes of replies to queries that may wait. Separate, so that they take no room from input.
const MAX_REPLIES: usize = 64 * 1024;

/// End of a bracketed paste.
pub const PASTE_END: &[u8] = b"\x1b[201~";

/// Bytes waiting for the PTY, with the attachment behind each input.
#[derive(Debug, Default)]
pub struct InputQueue {
    items: VecDeque<Item>,
    /// Written bytes of the first item.
    written: usize,
    /// Waiting input, with [`OVERHEAD`] for each item.
    input: usize,
    /// Waiting replies, with [`OVERHEAD`] for each item.
    replies: usize,
}

#[derive(Debug)]
struct Item {
    attachment: Option<u64>,
    is_reply: bool,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Withdrawn {
    /// Inputs that were not or not fully written.
    pub inputs: usize,
    /// Unwritten starts of bracketed pastes.
    pub paste_starts: usize,
    /// Unwritten ends of bracketed pastes.
    pub paste_ends: usize,
}

impl InputQueue {
    /// Appends input of an attachment, or of the session itself (none). Returns false if it has no room.
    pub fn push(&mut self, attachment: Option<u64>, bytes: Vec<u8>) -> bool {
        let room = self.has_room(bytes.len());
        if room {
            self.input += bytes.len() + OVERHEAD;
            self.items.push_back(Item { attachment, is_reply: false, bytes });
        }
        room
    }

    /// Appends a reply to a query. Returns false if it has no room.
    pub fn reply(&mut self, bytes: Vec<u8>) -> bool {
        let cost = bytes.len() + OVERHEAD;
        let room = self.replies + cost <= MAX_REPLIES;
        if room {
            self.replies += cost;
            self.items.push_back(Item { attachment: None, is_reply: true, bytes });
        }
        room
    }

    pub fn has_room(&self, bytes: usize) -> bool {
        self.input + bytes + OVERHEAD <= MAX_QUEUED
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Removes the unwritten input of an attachment.
    pub fn withdraw(&mut self, attachment: u64) -> Withdrawn {
        let mut withdrawn = Withdrawn::default();
        let mut written = self.written;
        self.items.retain(|Item { attachment: owner, bytes, .. }| {
            let rest = bytes.get(std::mem::take(&mut written)..).unwrap_or_default();
            if *owner != Some(attachment) {
                return true;
            }
            if rest.len() < bytes.len() {
                self.written = 0;
            }
            let count = |bracket: &[u8]| rest.windows(6).filter(|six| *six == bracket).count();
            withdrawn.inputs += 1;
            withdrawn.paste_starts += count(b"\x1b[200~");
            withdrawn.paste_ends += count(PASTE_END);
            self.input -= rest.len() + OVERHEAD;
            false
        });
        withdrawn
    }

    pub fn front(&self) -> Option<&[u8]> {
        self.items.front().and_then(|item| item.bytes.get(self.written..))
    }

    /// Counts `n` written bytes. Returns the attachment whose input this completes, if any.
    pub fn advance(&mut self, n: usize) -> Option<u64> {
        let first = self.items.front()?;
        self.written += n;
        let done = self.written >= first.bytes.len();
        let cost = if done { n + OVERHEAD } else { n };
        let waiting = if first.is_reply { &mut self.replies } else { &mut self.input };
        *waiting -= cost;
        if !done {
            return None;
        }
        self.written = 0;
        self.items.pop_front().and_then(|item| item.attachment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_is_bounded_and_counts_partial_writes() {
        let mut queue = InputQueue::default();
        assert!(queue.push(Some(7), b"abc".to_vec()));
        assert!(queue.push(None, b"d".to_vec()));
        assert!(!queue.push(None, vec![0; MAX_QUEUED]));
        assert_eq!((queue.advance(2), queue.front()), (None, Some(&b"c"[..])));
        assert_eq!((queue.advance(1), queue.front()), (Some(7), Some(&b"d"[..])));
        assert_eq!((queue.advance(1), queue.is_empty()), (None, true));
        assert!(queue.push(None, vec![0; MAX_QUEUED - OVERHEAD]));
    }

    #[test]
    fn tiny_items_cannot_bypass_the_limit() {
        let mut queue = InputQueue::default();
        let taken = (0..MAX_QUEUED).take_while(|_| queue.push(Some(7), vec![b'x']));
        let taken = taken.count();
        assert_eq!(taken, MAX_QUEUED / (OVERHEAD + 1));
        for _ in 0..taken {
            assert_eq!(queue.advance(1), Some(7));
        }
        assert!(queue.is_empty() && queue.has_room(MAX_QUEUED - OVERHEAD));
    }

    #[test]
    fn unread_replies_take_no_room_from_input() {
        let mut queue = InputQueue::default();
        let taken = (0..MAX_QUEUED).take_while(|_| queue.reply(b"\x1b[0n".to_vec()));
        let taken = taken.count();
        assert_eq!(taken, MAX_REPLIES / (OVERHEAD + 4));
        assert!(queue.has_room(MAX_QUEUED - OVERHEAD));
        assert!(queue.push(Some(7), b"q".to_vec()));
        for _ in 0..taken {
            assert_eq!((queue.advance(1), queue.advance(3)), (None, None));
        }
        assert!(queue.reply(vec![b'a'; MAX_REPLIES - OVERHEAD]));
        assert_eq!(queue.advance(1), Some(7));
        assert_eq!(queue.withdraw(7), Withdrawn::default());
        assert_eq!((queue.advance(MAX_REPLIES - OVERHEAD), queue.is_empty()), (None, true));
    }

    #[test]
    fn only_unwritten_input_of_the_attachment_is_withdrawn() {
        let mut queue = InputQueue::default();
        for (attachment, bytes) in
            [(7, "\x1b[200~one"), (8, "two"), (7, "three\x1b[201~"), (7, "4")]
        {
            assert!(queue.push(Some(attachment), bytes.into()));
        }
        assert_eq!(queue.advance(7), None);
        let withdrawn = queue.withdraw(7);
        assert_eq!(withdrawn, Withdrawn { inputs: 3, paste_starts: 0, paste_ends: 1 });
        assert_eq!(queue.front(), Some(&b"two"[..]));
        assert_eq!(queue.advance(3), Some(8));
        assert!(queue.is_empty() && queue.has_room(MAX_QUEUED - OVERHEAD));
        assert!(queue.push(Some(8), b"five".to_vec()));
        assert!(queue.push(Some(7), b"six".to_vec()));
        assert_eq!(queue.advance(1), None);
        assert_eq!(queue.withdraw(7).inputs, 1);
        assert_eq!(queue.front(), Some(&b"ive"[..]));
        assert_eq!(queue.advance(3), Some(8));
        assert!(queue.is_empty() && queue.has_room(MAX_QUEUED - OVERHEAD));
    }
}
