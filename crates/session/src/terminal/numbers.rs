//! Input numbers per client, so that resent input is applied once. Pure.

use std::collections::VecDeque;

use protocol::id::ClientId;

/// Capacity of the table of clients. The least recently used is evicted.
pub const MAX_CLIENTS: usize = 64;

/// Capacity of the table of guests' clients: more than can be attached at once.
pub const MAX_GUESTS: usize = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// New input, to be applied.
    Apply,
    /// Resent input that was applied before.
    Repeat,
    /// A number is missing before this one: the client is broken.
    Gap,
}

/// Highest input number of each client, the most recently used last.
#[derive(Debug)]
pub struct Numbers {
    capacity: usize,
    clients: VecDeque<(ClientId, u64)>,
}

impl Numbers {
    pub fn new(capacity: usize) -> Self {
        Self { capacity, clients: VecDeque::new() }
    }

    /// Registers a client that still holds inputs from number `next` on. Returns the highest number that
    /// it need not resend: for an unknown client, the one before `next`.
    pub fn attach(&mut self, client: ClientId, next: u64) -> u64 {
        let known = self.clients.iter().position(|(id, _)| *id == client);
        let accepted = match known.and_then(|at| self.clients.remove(at)) {
            Some((_, accepted)) => accepted,
            None => next.saturating_sub(1),
        };
        if self.clients.len() == self.capacity {
            self.clients.pop_front();
        }
        self.clients.push_back((client, accepted));
        accepted
    }

    pub fn contains(&self, client: ClientId) -> bool {
        self.clients.iter().any(|(id, _)| *id == client)
    }

    /// Classifies the number of an input and records a new one.
    pub fn judge(&mut self, client: ClientId, number: u64) -> Verdict {
        let Some(at) = self.clients.iter().rposition(|(id, _)| *id == client) else {
            return Verdict::Gap;
        };
        // Keeps typing clients among the most recently used.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn client(n: u8) -> ClientId {
        ClientId(uuid::Uuid::from_bytes([n; 16]))
    }

    #[test]
    fn resent_input_is_applied_once() {
        let mut numbers = Numbers::new(MAX_CLIENTS);
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
    fn a_forgotten_client_continues_with_its_next_number() {
        let mut numbers = Numbers::new(MAX_CLIENTS);
        numbers.attach(client(200), 1);
        (0..64).for_each(|n| assert_eq!(numbers.attach(client(n), 1), 0));
        assert_eq!(numbers.attach(client(200), 41), 40);
        assert_eq!(numbers.judge(client(200), 41), Verdict::Apply);
    }
}
