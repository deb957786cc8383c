//! Replies to history requests. Guests do not see lines from before they joined.

use prost::Message;
use protocol::wire::{History, HistoryRequest, Line};
use screen::Screen;

/// Bytes of lines in one reply. The client requests the remaining lines again.
const MAX_BYTES: usize = 256 * 1024;

/// `visible_from` is set for guests: the epoch and the first line that the guest may see.
pub fn read(
    screen: &mut Screen,
    request: HistoryRequest,
    visible_from: Option<&mut (u64, u64)>,
) -> History {
    let count = request.count.min(protocol::MAX_HISTORY_LINES);
    let mut history = match visible_from {
        Some(start) => read_since(screen, start, request.first, count),
        None => screen.lines(request.first, count),
    };
    truncate(&mut history);
    history
}

/// Blanks lines from before the guest joined: a share shows the screen as it is, not its past.
fn read_since(screen: &mut Screen, start: &mut (u64, u64), first: u64, count: u32) -> History {
    let held = screen.lines(u64::MAX, 0);
    if start.0 != held.epoch {
        *start = (held.epoch, screen.top());
    }
    let first = first.max(held.oldest);
    let hidden = start.1.saturating_sub(first).min(count.into());
    let rest = count.saturating_sub(u32::try_from(hidden).unwrap_or(count));
    let mut history = screen.lines(first + hidden, rest);
    history.first = first;
    let blanks = (0..hidden).map(|_| Line::default());
    history.lines.splice(0..0, blanks);
    history
}

/// Drops the lines beyond [`MAX_BYTES`], but keeps at least one.
fn truncate(history: &mut History) {
    let mut bytes = 0;
    let fitting = history.lines.iter().take_while(|line| {
        bytes += line.encoded_len();
        bytes <= MAX_BYTES
    });
    let fitting = fitting.count().max(1);
    history.lines.truncate(fitting);
}
