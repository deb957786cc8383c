//! The emulator behind its guards: bytes in, grid out. Does not depend on frames or history.

use protocol::modes;
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
    Emulator,
    filter::{Filter, Piece},
    perform::{Performer, ring},
    reply::PRIVATE_MODES,
    state::Terminal,
};
use crate::Size;

/// The emulator (rio-vt), the parser and the remaining state of the terminal.
pub struct Engine {
    pub term: Emulator,
    /// State that the emulator does not keep.
    pub terminal: Terminal,
    parser: Parser,
    filter: Filter,
}

impl Engine {
    /// Creates a blank terminal that keeps `history` lines of history.
    pub fn new(size: Size, history: usize) -> Self {
        let mut term = Crosswords::new(
            dimensions(size),
            CursorShape::Block,
            VoidListener,
            WindowId::from(0),
            0,
            history,
        );
        // Programs measure columns with wcwidth unless they enable clusters (mode 2027).
        term.set_grapheme_clustering(false);
        Self {
            term,
            terminal: Terminal::new(size),
            parser: Parser::default(),
            filter: Filter::default(),
        }
    }

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

    /// Changes the size and rewraps the primary screen.
    pub fn resize(&mut self, size: Size) {
        self.term.resize(dimensions(size));
        (self.terminal.top, self.terminal.bottom) = (0, i32::from(size.rows));
        self.terminal.restarted = true;
        // Updates the counts of the hidden primary screen, which was rewrapped too.
        self.with_primary(|_| ());
    }

    pub fn is_alternate(&self) -> bool {
        self.term.mode().contains(Mode::ALT_SCREEN)
    }

    /// Returns the lines evicted from the ring of the primary screen and the lines of history in it.
    pub fn ring(&self) -> (u64, u64) {
        if self.is_alternate() { self.terminal.primary } else { ring(&self.term.grid) }
    }

    /// Returns the current modes as bits of `protocol::modes`.
    pub fn modes(&self) -> u32 {
        const OTHERS: [(Mode, u32); 3] = [
            (Mode::APP_KEYPAD, modes::APPLICATION_KEYPAD),
            (Mode::INSERT, modes::INSERT),
            (Mode::LINE_FEED_NEW_LINE, modes::LINE_FEED_NEW_LINE),
        ];
        let mode = self.term.mode();
        let private = PRIVATE_MODES.iter().map(|(_, flag, bit)| (*flag, *bit));
        let set = private.chain(OTHERS).filter(|(flag, _)| mode.contains(*flag));
        let no_wrap = if mode.contains(Mode::LINE_WRAP) { 0 } else { modes::NO_WRAP };
        let kitty = u32::from(self.term.keyboard_mode().bits()) << modes::KITTY_SHIFT;
        set.fold(no_wrap | kitty, |bits, (_, bit)| bits | bit)
    }

    /// Gives access to the grid of the primary screen, even while the alternate screen is shown.
    pub fn with_primary<R>(&mut self, work: impl FnOnce(&mut Grid<Square>) -> R) -> R {
        if !self.is_alternate() {
            return work(&mut self.term.grid);
        }
        // rio-vt does not expose the hidden grid. Swapping twice clears the alternate one, which is
        // therefore moved out. The saved cursor of the primary one does not change.
        let (lines, columns) = (self.term.grid.screen_lines(), self.term.grid.columns());
        let alternate = std::mem::replace(&mut self.term.grid, Grid::new(lines, columns, 0));
        self.term.swap_alt();
        let result = work(&mut self.term.grid);
        self.terminal.primary = ring(&self.term.grid);
        self.term.swap_alt();
        self.term.grid = alternate;
        result
    }

    /// Releases the buffer of the parser after a long string.
    pub fn shrink_parser(&mut self) {
        if self.filter.is_ground() && self.filter.take_long() {
            self.parser = Parser::default();
        }
    }
}

fn dimensions(size: Size) -> CrosswordsSize {
    CrosswordsSize::new(usize::from(size.columns), usize::from(size.rows))
}
