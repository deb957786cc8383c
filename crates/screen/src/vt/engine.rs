//! The emulator behind its guards: bytes in, grid out. Knows no frames and no history.

use rio_vt::{
    ansi::CursorShape,
    crosswords::{
        Crosswords, CrosswordsSize, Mode,
        grid::{Dimensions, Grid},
        square::Square,
    },
    event::{VoidListener, WindowId},
    performer::parser::Parser,
};

use super::{
    filter::{Filter, Piece},
    perform::Performer,
    state::Terminal,
};
use crate::Size;

/// rio-vt, the parser and the rest of the terminal's state.
pub struct Engine {
    /// The emulator.
    pub term: Crosswords<VoidListener>,
    /// What the emulator does not keep.
    pub terminal: Terminal,
    parser: Parser,
    filter: Filter,
}

impl Engine {
    /// A blank terminal that keeps `history` lines that scrolled off.
    pub fn new(size: Size, history: usize) -> Self {
        let mut term = Crosswords::new(
            dimensions(size),
            CursorShape::Block,
            VoidListener,
            WindowId::from(0),
            0,
            history,
        );
        // Programs count columns with wcwidth unless they ask for clusters (mode 2027).
        term.set_grapheme_clustering(false);
        Self {
            term,
            terminal: Terminal::new(size),
            parser: Parser::default(),
            filter: Filter::default(),
        }
    }

    /// Output of the program, cut anywhere.
    pub fn feed(&mut self, bytes: &[u8]) {
        let Self { term, terminal, parser, filter } = self;
        terminal.begin_feed(bytes.len());
        filter.pass(bytes, |piece| match piece {
            Piece::Bytes(bytes) => parser.advance(&mut Performer { term, terminal }, bytes),
            Piece::Cancel => {
                terminal.discard = true;
                parser.advance(&mut Performer { term, terminal }, b"\x18");
                terminal.discard = false;
            }
        });
    }

    /// Changes the size; lines of the primary screen are wrapped anew.
    pub fn resize(&mut self, size: Size) {
        self.term.resize(dimensions(size));
        (self.terminal.top, self.terminal.bottom) = (0, i32::from(size.rows));
        self.terminal.restarted = true;
        // The hidden primary screen was wrapped anew as well.
        self.with_primary(|_| ());
    }

    /// Whether the alternate screen is shown.
    pub fn is_alternate(&self) -> bool {
        self.term.mode().contains(Mode::ALT_SCREEN)
    }

    /// Of the primary screen: lines ever evicted from its ring, and lines of history in it.
    pub fn ring(&self) -> (u64, u64) {
        if self.is_alternate() {
            self.terminal.primary
        } else {
            (self.term.grid.lines_evicted(), self.term.grid.history_size() as u64)
        }
    }

    /// Works on the primary screen's grid, also while the alternate screen is shown.
    pub fn with_primary<R>(&mut self, work: impl FnOnce(&mut Grid<Square>) -> R) -> R {
        if !self.is_alternate() {
            return work(&mut self.term.grid);
        }
        // rio-vt keeps the other grid to itself. Swapping back and forth clears the alternate one, so
        // that is put aside; what entering it saves of the primary one is what it saved before.
        let (lines, columns) = (self.term.grid.screen_lines(), self.term.grid.columns());
        let alternate = std::mem::replace(&mut self.term.grid, Grid::new(lines, columns, 0));
        self.term.swap_alt();
        let result = work(&mut self.term.grid);
        self.terminal.primary =
            (self.term.grid.lines_evicted(), self.term.grid.history_size() as u64);
        self.term.swap_alt();
        self.term.grid = alternate;
        result
    }

    /// Gives back what the parser buffered for a long string.
    pub fn shrink_parser(&mut self) {
        if self.filter.is_ground() && self.filter.take_long() {
            self.parser = Parser::default();
        }
    }
}

fn dimensions(size: Size) -> CrosswordsSize {
    CrosswordsSize::new(usize::from(size.columns), usize::from(size.rows))
}
