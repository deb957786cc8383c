//! Lines that left the emulator's ring, in compressed chunks, addressed by id. Does not
//! use the emulator itself.

use std::collections::VecDeque;

use prost::Message;
use protocol::{line::Line, wire};

use crate::grid::styles::StyleTable;

const CHUNK: usize = 256;

/// Number of styles at which a chunk is full.
const MAX_STYLES: usize = 4096;

/// Consecutive lines in compressed form.
#[derive(Debug)]
struct Chunk {
    lines: u64,
    /// The chunk has no room for lines.
    full: bool,
    packed: Box<[u8]>,
}

impl Chunk {
    fn pack(content: &wire::History) -> Self {
        let packed = lz4_flex::compress_prepend_size(&content.encode_to_vec());
        Self {
            lines: content.lines.len() as u64,
            full: content.lines.len() >= CHUNK || content.styles.len() >= MAX_STYLES - 1,
            packed: packed.into_boxed_slice(),
        }
    }

    /// Returns the lines, blank ones if the chunk is corrupt.
    fn unpack(&self) -> wire::History {
        let bytes = lz4_flex::decompress_size_prepended(&self.packed).unwrap_or_default();
        let mut content = wire::History::decode(bytes.as_slice()).unwrap_or_default();
        let lines = usize::try_from(self.lines).unwrap_or_default();
        content.lines.resize_with(lines, Line::default);
        content
    }
}

/// The compact part of the history, without gaps.
#[derive(Debug, Default)]
pub struct Store {
    chunks: VecDeque<Chunk>,
    /// Id of the first line of the first chunk.
    start: u64,
    /// Id of the oldest available line.
    first: u64,
    end: u64,
    bytes: usize,
}

impl Store {
    pub fn first(&self) -> u64 {
        self.first
    }

    pub fn end(&self) -> u64 {
        self.end
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Drops all lines. The next line has id `next`.
    pub fn clear(&mut self, next: u64) {
        *self = Self { start: next, first: next, end: next, ..Self::default() };
    }

    /// Appends `count` lines. `line` returns the line of an index from 0 on, with runs that index the given
    /// style table. `P` is a cache, reset together with the table.
    pub fn append<P: Default>(
        &mut self,
        count: usize,
        mut line: impl FnMut(usize, &mut StyleTable, &mut P) -> Line,
    ) {
        let mut at = 0;
        while at < count {
            let (mut content, mut table) = self.take_partial();
            let mut cache = P::default();
            while at < count && content.lines.len() < CHUNK && table.len() < MAX_STYLES {
                content.lines.push(line(at, &mut table, &mut cache));
                at += 1;
            }
            content.styles = table.since(1).to_vec();
            self.push(Chunk::pack(&content));
        }
    }

    /// Removes the last chunk if it has room and returns its content.
    fn take_partial(&mut self) -> (wire::History, StyleTable) {
        let mut table = StyleTable::default();
        match self.chunks.pop_back_if(|chunk| !chunk.full) {
            Some(chunk) => {
                self.bytes -= chunk.packed.len();
                self.end -= chunk.lines;
                let content = chunk.unpack();
                for style in &content.styles {
                    table.intern(style.clone());
                }
                (content, table)
            }
            None => (wire::History::default(), table),
        }
    }

    fn push(&mut self, chunk: Chunk) {
        self.bytes += chunk.packed.len();
        self.end += chunk.lines;
        self.chunks.push_back(chunk);
    }

    /// Drops the lines before `oldest`.
    pub fn trim(&mut self, oldest: u64) {
        self.first = self.first.max(oldest).min(self.end);
        while let Some(chunk) = self.chunks.front() {
            if self.start + chunk.lines > self.first {
                break;
            }
            self.start += chunk.lines;
            self.bytes -= chunk.packed.len();
            self.chunks.pop_front();
        }
    }

    /// Drops the oldest chunks until at most `most` bytes are held.
    pub fn shrink(&mut self, most: usize) {
        while self.bytes > most
            && let Some(chunk) = self.chunks.pop_front()
        {
            self.start += chunk.lines;
            self.bytes -= chunk.packed.len();
        }
        self.first = self.first.max(self.start);
    }

    /// Appends the available lines of `from..to` to `lines`. Their runs index `styles`.
    pub fn read(&self, from: u64, to: u64, styles: &mut StyleTable, lines: &mut Vec<Line>) {
        let (from, to) = (from.max(self.first), to.min(self.end));
        let mut id = self.start;
        for chunk in &self.chunks {
            let next = id + chunk.lines;
            if next > from && id < to {
                let content = chunk.unpack();
                let mut known = vec![wire::Style::default()];
                known.extend(content.styles);
                let wanted = (id..).zip(content.lines).filter(|(id, _)| (from..to).contains(id));
                lines.extend(wanted.map(|(_, line)| translated(line, &known, styles)));
            }
            id = next;
        }
    }
}

/// Rewrites the style indices of a line from one table to another.
fn translated(mut line: Line, from: &[wire::Style], to: &mut StyleTable) -> Line {
    // Most runs of a line share a style.
    let mut last = (0, 0);
    for run in line.runs.iter_mut().skip(1).step_by(2) {
        let index = *run >> 3;
        if last.0 != index {
            let style = from.get(index as usize).cloned().unwrap_or_default();
            last = (index, to.intern(style));
        }
        *run = last.1 << 3 | (*run & 7);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn append(store: &mut Store, lines: Vec<Line>, styles: &StyleTable) {
        store.append(lines.len(), |at, table, _: &mut ()| {
            translated(lines[at].clone(), styles.since(0), table)
        });
    }

    fn filled(ids: std::ops::Range<u64>, styles: &mut StyleTable) -> Vec<Line> {
        ids.map(|id| {
            let style = wire::Style {
                foreground: 1 + u32::try_from(id % 7).unwrap(),
                ..wire::Style::default()
            };
            let runs = vec![1, styles.intern(style) << 3];
            Line { text: format!("{id}"), runs, wrapped: id % 5 == 0 }
        })
        .collect()
    }

    #[test]
    fn lines_keep_their_ids_through_appends_and_trims() {
        let mut store = Store::default();
        store.clear(1000);
        let mut id = 1000;
        for count in [1, 300, 255, 256, 1, 700] {
            let mut styles = StyleTable::default();
            // Makes indices differ between appends.
            styles.intern(wire::Style {
                flags: u32::try_from(count).unwrap(),
                ..wire::Style::default()
            });
            append(&mut store, filled(id..id + count, &mut styles), &styles);
            id += count;
        }
        assert_eq!((store.first(), store.end()), (1000, id));
        store.trim(1300);
        store.trim(1200);
        let (mut styles, mut lines) = (StyleTable::default(), Vec::new());
        store.read(0, u64::MAX, &mut styles, &mut lines);
        assert_eq!(lines.len() as u64, id - 1300);
        for (line, id) in lines.iter().zip(1300u64..) {
            assert_eq!(line.text, id.to_string());
            assert_eq!(line.wrapped, id % 5 == 0);
            assert_eq!(
                styles.get(line.runs[1] >> 3).foreground,
                1 + u32::try_from(id % 7).unwrap()
            );
        }
        store.clear(id);
        assert_eq!((store.bytes(), store.first()), (0, id));
    }

    #[test]
    fn any_number_of_styles_is_stored() {
        let mut store = Store::default();
        store.append(2000, |at, table, _: &mut ()| {
            let runs = (0..80).flat_map(|column| {
                let foreground = 0x0100_0000 + at as u32 * 80 + column;
                [1, table.intern(wire::Style { foreground, ..wire::Style::default() }) << 3]
            });
            Line { text: "x".repeat(80), runs: runs.collect(), wrapped: false }
        });
        for (at, id) in [(0, 0), (700, 700), (1999, 1999)] {
            let (mut styles, mut lines) = (StyleTable::default(), Vec::new());
            store.read(id, id + 1, &mut styles, &mut lines);
            let foreground = styles.get(lines[0].runs[159] >> 3).foreground;
            assert_eq!(foreground, 0x0100_0000 + at * 80 + 79);
        }
    }

    #[test]
    fn plain_logs_compress_well() {
        let mut store = Store::default();
        let lines = (0..10_000u64)
            .map(|id| {
                let noise = id.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let text = format!(
                    "2026-01-01T00:{:02}:{:02} INFO request {noise:016x} served in {} us status=200",
                    id / 60 % 60, id % 60, noise % 9973
                );
                Line { text, ..Line::default() }
            })
            .collect();
        append(&mut store, lines, &StyleTable::default());
        assert!(store.bytes() < 500_000, "{}", store.bytes());
    }
}
