//! Converts rows of the emulator's grid to wire lines. The emulator reuses style and extras ids, so no state
//! outlives one pass over the rows. Does not depend on frames.

use std::collections::HashMap;

use protocol::line::{Cell, Line, LineBuilder};
use rio_vt::crosswords::{
    grid::Grid,
    pos::Line as GridLine,
    square::{ContentTag, Square, Wide},
};

use super::styles::{StyleTable, convert};

/// Wire styles of a grid by id, valid until the grid changes.
#[derive(Debug, Default)]
pub struct Pass {
    plain: Vec<Option<u32>>,
    other: HashMap<(u32, u16), u32>,
}

pub fn row(grid: &Grid<Square>, at: GridLine, styles: &mut StyleTable, pass: &mut Pass) -> Line {
    let row = &grid[at];
    let cells = row.inner.as_slice();
    let wrapped = cells.last().is_some_and(|cell| cell.wrapline());
    let used = cells.iter().rposition(|cell| !is_blank(*cell)).map_or(0, |last| last + 1);
    let mut line = LineBuilder::default();
    let mut text = String::new();
    let mut cells = cells.get(..used).unwrap_or_default().iter().peekable();
    while let Some(&cell) = cells.next() {
        let style = style(grid, cell, styles, pass);
        if cell.content_tag() != ContentTag::Codepoint {
            line.push(Cell { text: " ", width: 1, style });
            continue;
        }
        let mut width = 1;
        let mut c = cell.c();
        match cell.wide() {
            Wide::Wide if cells.next_if(|next| next.wide() == Wide::Spacer).is_some() => width = 2,
            // Half a wide character, or an orphaned spacer.
            Wide::Wide | Wide::Spacer => c = ' ',
            Wide::Narrow | Wide::LeadingSpacer => {}
        }
        let marks = cell.extras_id().and_then(|id| grid.extras_table.get(id));
        match marks.map(|extras| extras.zerowidth.as_slice()) {
            Some(marks) if !marks.is_empty() => {
                text.clear();
                text.push(visible(c));
                text.extend(marks.iter().filter(|mark| !mark.is_control()));
                line.push(Cell { text: &text, width, style });
            }
            _ => {
                let mut buffer = [0; 4];
                line.push(Cell { text: visible(c).encode_utf8(&mut buffer), width, style });
            }
        }
    }
    line.finish(wrapped)
}

fn visible(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}

/// Returns whether a cell looks unwritten. The flag of a wrapped line is invisible.
fn is_blank(cell: Square) -> bool {
    cell.content_tag() == ContentTag::Codepoint
        && matches!(cell.c(), '\0' | ' ')
        && cell.wide() != Wide::Spacer
        && cell.style_id() == 0
        && cell.extras_id().is_none()
}

fn style(grid: &Grid<Square>, cell: Square, styles: &mut StyleTable, pass: &mut Pass) -> u32 {
    let key = match cell.content_tag() {
        ContentTag::Codepoint => {
            let id = cell.style_id();
            let link = if cell.has_hyperlink() { cell.extras_id().unwrap_or_default() } else { 0 };
            if link == 0 {
                return plain_style(grid, cell, styles, pass, id);
            }
            (u32::from(id), link)
        }
        // Distinct keys beyond all style ids.
        ContentTag::BgPalette => (0x0200_0000 | u32::from(cell.bg_palette_index()), 0),
        ContentTag::BgRgb => {
            let (r, g, b) = cell.bg_rgb();
            (u32::from_be_bytes([1, r, g, b]), 0)
        }
    };
    if let Some(&index) = pass.other.get(&key) {
        return index;
    }
    let extras = grid.extras_table.get(key.1);
    let link = extras.and_then(|extras| extras.hyperlink.as_ref()).map_or("", |link| link.uri());
    let index = styles.intern(convert(&grid.style_of(&cell), link));
    pass.other.insert(key, index);
    index
}

fn plain_style(
    grid: &Grid<Square>,
    cell: Square,
    styles: &mut StyleTable,
    pass: &mut Pass,
    id: u16,
) -> u32 {
    if id == 0 {
        return 0;
    }
    let at = usize::from(id);
    if let Some(&Some(index)) = pass.plain.get(at) {
        return index;
    }
    if pass.plain.len() <= at {
        pass.plain.resize(at + 1, None);
    }
    let index = styles.intern(convert(&grid.style_of(&cell), ""));
    if let Some(slot) = pass.plain.get_mut(at) {
        *slot = Some(index);
    }
    index
}
