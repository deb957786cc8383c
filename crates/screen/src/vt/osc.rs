//! Operating system commands: title, colours, links, clipboard. Others are dropped.

use rio_vt::{
    crosswords::{Mode, grid::Dimensions, square::Hyperlink},
    performer::handler::Handler,
    simd_base64,
};

use super::{
    Emulator,
    perform::afford_extras,
    state::{Links, Terminal},
};
use crate::grid::{palette, styles::is_link};

const MAX_TITLE: usize = 1024;
pub const MAX_CLIPBOARD: usize = 1024 * 1024;
/// Cost of a link in the emulator's table.
const LINK_COST: u64 = 1_000;
/// Maximum bytes of links per grid of the emulator, including scrollback.
const MAX_HELD: usize = 4 * 1024 * 1024;

/// Performs one command, given as its `;`-separated parts.
pub fn dispatch(term: &mut Emulator, terminal: &mut Terminal, parts: &[&[u8]], end: &str) {
    let Some((&code, rest)) = parts.split_first() else { return };
    match code {
        b"0" | b"2" if !rest.is_empty() => {
            terminal.title = plain(&joined(rest));
        }
        b"4" => {
            for pair in rest.chunks_exact(2) {
                let Some(index) = number(pair[0]).filter(|index| *index < 256) else { return };
                set_or_query(terminal, index, pair[1], &format!("4;{index}"), end);
            }
        }
        b"10" | b"11" | b"12" => {
            let first = u32::from(code[1] - b'0');
            for (offset, part) in (first..3).zip(rest) {
                let index = palette::FOREGROUND + offset;
                set_or_query(terminal, index, part, &format!("1{offset}"), end);
            }
        }
        b"104" if rest.iter().all(|part| part.is_empty()) => {
            terminal.palette.retain(|index, _| *index >= palette::FOREGROUND);
        }
        b"104" => {
            for index in rest.iter().filter_map(|part| number(part)).filter(|index| *index < 256) {
                terminal.palette.remove(&index);
            }
        }
        b"110" | b"111" | b"112" => {
            terminal.palette.remove(&(palette::FOREGROUND + u32::from(code[2] - b'0')));
        }
        b"8" if rest.len() >= 2 => {
            let uri = joined(&rest[1..]);
            // The shared id makes equal URLs share one entry of the emulator's table.
            let link = is_link(&uri).then(|| Hyperlink::new(Some(String::new()), uri));
            match link {
                Some(link) if !afford_link(term, terminal, link.uri().len()) => {
                    // The following text must not continue the previous link.
                    term.set_hyperlink(None);
                }
                link => term.set_hyperlink(link),
            }
        }
        b"52" if rest.len() == 2 => {
            let wanted = rest[0].is_empty() || rest[0].iter().any(|kind| b"cs".contains(kind));
            let text = simd_base64::decode(rest[1]).and_then(|bytes| String::from_utf8(bytes).ok());
            // A query (`?`) is not valid base64, so the clipboard is never sent to a program.
            if let Some(text) = text.filter(|text| wanted && text.len() <= MAX_CLIPBOARD) {
                terminal.clipboard(text);
            }
        }
        _ => {}
    }
}

/// Charges for a link of `bytes` bytes. Returns false if there is no room for it.
fn afford_link(term: &mut Emulator, terminal: &mut Terminal, bytes: usize) -> bool {
    if !afford_extras(term, terminal, LINK_COST) {
        return false;
    }
    let alternate = usize::from(term.mode().contains(Mode::ALT_SCREEN));
    let Some(held) = terminal.links.get(alternate).copied() else { return false };
    let mut held = Links { offered: held.offered + bytes, ..held };
    // Recounting visits every cell, so it happens only after many new links.
    if held.bytes + bytes > MAX_HELD && held.offered > MAX_HELD / 2 {
        let cells = (term.grid.total_lines() * term.grid.columns()) as u64;
        if !terminal.spend(600_000 + 3 * cells) {
            return false;
        }
        term.grid.reclaim_extras();
        let extras = (1..=u16::MAX).filter_map(|id| term.grid.extras_table.get(id));
        let links = extras.filter_map(|extras| extras.hyperlink.as_ref());
        held = Links { bytes: links.map(|link| link.uri().len()).sum(), offered: bytes };
    }
    let room = held.bytes + bytes <= MAX_HELD;
    if room {
        held.bytes += bytes;
    }
    if let Some(links) = terminal.links.get_mut(alternate) {
        *links = held;
    }
    room
}

fn set_or_query(terminal: &mut Terminal, index: u32, part: &[u8], code: &str, end: &str) {
    if part == b"?" {
        let rgb = terminal.color(index);
        let [_, r, g, b] = rgb.to_be_bytes();
        terminal
            .reply(&format!("\x1b]{code};rgb:{r:02x}{r:02x}/{g:02x}{g:02x}/{b:02x}{b:02x}{end}"));
    } else if let Some(rgb) = palette::parse(part) {
        terminal.palette.insert(index, rgb);
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn joined(parts: &[&[u8]]) -> String {
    parts.iter().map(|part| String::from_utf8_lossy(part)).collect::<Vec<_>>().join(";")
}

/// Removes control characters and bidirectional controls from a title.
fn plain(text: &str) -> String {
    let is_bidi = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.trim().chars().filter(|c| !c.is_control() && !is_bidi(*c)).take(MAX_TITLE).collect()
}
