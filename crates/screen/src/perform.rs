//! What each control function does (ECMA-48, DEC STD 070, xterm's ctlseqs). A list of what is
//! allowed: anything else is dropped. Every function that costs more than its bytes pays first, so
//! that no stream of bytes can stall the session. Knows no frames.

use rio_vt::{
    ansi::{
        ClearMode, CursorShape, KeyboardModes, KeyboardModesApplyBehavior, LineClearMode,
        TabulationClearMode, mode,
    },
    codepoint_width::codepoint_width,
    crosswords::{
        Crosswords, Mode,
        grid::Dimensions,
        pos::{CharsetIndex, Column, Cursor, Line, Pos, StandardCharset},
        square::Wide,
    },
    event::EventListener,
    performer::{
        handler::Handler,
        parser::{Params, Perform},
    },
};

use crate::{osc, reply, sgr, terminal::Terminal};

/// Most marks that share a cell with their base character.
pub const MAX_MARKS: usize = 16;
/// Longest device control string that is read: a DECRQSS.
const MAX_REQUEST: usize = 16;
/// What a mark costs that is put on a cell, the cell's other marks included.
const MARK_COST: u64 = 600;

/// The private modes that are handed to the emulator as they are.
const PLAIN_PRIVATE_MODES: [u16; 15] =
    [1, 7, 9, 12, 25, 1000, 1002, 1003, 1004, 1005, 1006, 1007, 2004, 2026, 2027];

/// One pass over bytes: the emulator and what it does not keep.
pub struct Performer<'a, U: EventListener> {
    /// The emulator.
    pub term: &'a mut Crosswords<U>,
    /// All else.
    pub terminal: &'a mut Terminal,
}

/// Pays for an entry of the emulator's side table of marks and links; when the table is about to be
/// swept, for the walk over all rows as well.
pub fn afford_extras<U: EventListener>(
    term: &Crosswords<U>,
    terminal: &mut Terminal,
    units: u64,
) -> bool {
    let sweep = if term.grid.extras_table.should_reclaim() {
        200_000 + (term.grid.total_lines() * term.grid.columns()) as u64
    } else {
        0
    };
    terminal.spend(units + sweep)
}

/// The numeric parameters of a CSI sequence: 0 and absent are the default.
struct Numbers<'a>(&'a Params);

impl Numbers<'_> {
    fn get(&self, at: usize, default: u16) -> u16 {
        match self.0.iter().nth(at) {
            Some(&[value, ..]) if value != 0 => value,
            _ => default,
        }
    }

    fn all(&self) -> impl Iterator<Item = u16> + '_ {
        self.0.iter().filter_map(|param| param.first().copied())
    }
}

impl<U: EventListener> Performer<'_, U> {
    fn columns(&self) -> u64 {
        self.term.grid.columns() as u64
    }

    fn rows(&self) -> u64 {
        self.term.grid.screen_lines() as u64
    }

    fn has(&self, mode: Mode) -> bool {
        self.term.mode().contains(mode)
    }

    /// What it costs to move all rows of the scroll region and blank `lines` of them.
    fn scroll_cost(&self, lines: u64) -> u64 {
        6 * self.rows() + 2 * lines.min(self.rows()) * self.columns()
    }

    /// Pays for the line feeds that `chars` characters may cause by wrapping, or by being moved on.
    fn afford_print(&mut self, chars: usize) -> bool {
        let chars = chars as u64;
        let mut units = 0;
        if self.terminal.top > 0 {
            units += chars / self.columns() * 6 * self.rows();
        }
        if self.has(Mode::INSERT) {
            units += chars * 2 * self.columns();
        }
        units == 0 || self.terminal.spend(units)
    }

    /// The cell that a mark printed now would join.
    fn marks_here(&self) -> usize {
        let cursor = &self.term.grid.cursor;
        let row = &self.term.grid[cursor.pos.row];
        let back = usize::from(!cursor.should_wrap);
        let mut column = cursor.pos.col.0.saturating_sub(back);
        if matches!(row[Column(column)].wide(), Wide::Spacer) {
            column = column.saturating_sub(1);
        }
        row[Column(column)]
            .extras_id_checked()
            .and_then(|id| self.term.grid.extras_table.get(id))
            .map_or(0, |extras| extras.zerowidth.len())
    }

    /// Prints what may join the cell before it.
    fn print_joining(&mut self, c: char) {
        let joins = codepoint_width(u32::from(c)) == Some(0);
        let clusters = self.has(Mode::GRAPHEME_CLUSTER);
        if (joins || clusters) && self.marks_here() >= MAX_MARKS {
            if !joins {
                // Wide continuations of a full cluster start a cell of their own.
                let mode = mode::NamedPrivateMode::GraphemeCluster;
                self.term.unset_private_mode(mode.into());
                self.term.input(c);
                self.term.set_private_mode(mode.into());
            }
            return;
        }
        if afford_extras(self.term, self.terminal, MARK_COST) {
            self.term.input(c);
        }
    }

    fn line_feed(&mut self) {
        if self.terminal.top > 0 && !self.terminal.spend(6 * self.rows()) {
            return;
        }
        self.term.newline();
    }

    /// Moves the cursor without regard to origin mode.
    fn move_to(&mut self, row: i32, column: usize) {
        let last = self.term.grid.screen_lines() as i32 - 1;
        let column = column.min(self.term.grid.columns() - 1);
        let cursor = &mut self.term.grid.cursor;
        cursor.should_wrap = false;
        cursor.pos = Pos { row: Line(row.clamp(0, last)), col: Column(column) };
    }

    /// CUU, CUD, CPL, CNL: stops at the margin when it starts inside of it.
    fn move_rows(&mut self, rows: i32, column: Option<usize>) {
        let at = self.term.grid.cursor.pos;
        let mut to = at.row.0 + rows;
        if at.row.0 >= self.terminal.top {
            to = to.max(self.terminal.top);
        }
        if at.row.0 < self.terminal.bottom {
            to = to.min(self.terminal.bottom - 1);
        }
        self.move_to(to, column.unwrap_or(at.col.0));
    }

    fn set_margins(&mut self, top: u16, bottom: u16) {
        let rows = self.term.grid.screen_lines() as u16;
        let bottom = if bottom == 0 { rows } else { bottom.min(rows) };
        if top < bottom {
            (self.terminal.top, self.terminal.bottom) = (i32::from(top) - 1, i32::from(bottom));
            self.term.set_scrolling_region(usize::from(top), Some(usize::from(bottom)));
        }
    }

    /// REP: at most a screen of repetitions, and a single mark for a mark.
    fn repeat(&mut self, count: u16) {
        let Some(c) = self.terminal.last else { return };
        if codepoint_width(u32::from(c)) == Some(0) {
            return self.print_joining(c);
        }
        let count = u64::from(count).min(self.columns());
        let affordable = self.terminal.spend(20 * count) && self.afford_print(count as usize);
        if affordable && u32::from(c) > 0xff && self.has(Mode::GRAPHEME_CLUSTER) {
            (0..count).for_each(|_| self.print_joining(c));
        } else if affordable {
            (0..count).for_each(|_| self.term.input(c));
        }
    }

    fn show_alternate(&mut self, on: bool) {
        if on == self.has(Mode::ALT_SCREEN)
            || !self.terminal.spend(2 * self.columns() * self.rows())
        {
            return;
        }
        if on {
            let history = self.term.grid.history_size() as u64;
            self.terminal.primary = (self.term.grid.lines_evicted(), history);
        }
        self.term.swap_alt();
        self.terminal.restarted = true;
    }

    fn private_mode(&mut self, number: u16, on: bool) {
        match number {
            3 if self.terminal.spend(2 * self.columns() * self.rows()) => {
                self.set_margins(1, 0);
                self.term.set_private_mode(mode::PrivateMode::new(3));
            }
            6 => {
                set(self.term, number, on);
                self.term.goto(Line(0), Column(0));
            }
            47 | 1047 | 1049 => self.show_alternate(on),
            1048 if on => self.term.save_cursor_position(),
            1048 => self.term.restore_cursor_position(),
            _ if PLAIN_PRIVATE_MODES.contains(&number) => set(self.term, number, on),
            _ => {}
        }
    }

    /// DECSTR.
    fn soft_reset(&mut self) {
        let at = self.term.grid.cursor.pos;
        for (number, on) in [(25, true), (7, true), (6, false), (1, false)] {
            set(self.term, number, on);
        }
        self.term.unset_mode(mode::NamedMode::Insert.into());
        self.term.unset_keypad_application_mode();
        self.set_margins(1, 0);
        self.term.set_active_charset(CharsetIndex::G0);
        self.term.grid.cursor = Cursor { pos: at, ..Cursor::default() };
        self.term.grid.saved_cursor = Cursor::default();
    }

    fn reset(&mut self) {
        if self.terminal.spend(4 * self.columns() * self.rows() + 20_000) {
            self.term.reset_state();
            self.term.blinking_cursor = false;
            let rows = self.term.grid.screen_lines() as i32;
            self.terminal.reset(rows);
        }
    }

    fn erase_display(&mut self, kind: u16) {
        let mode = match kind {
            0 => ClearMode::Below,
            1 => ClearMode::Above,
            2 => ClearMode::All,
            3 => ClearMode::Saved,
            _ => return,
        };
        if !self.terminal.spend(2 * self.columns() * self.rows()) {
            return;
        }
        if kind == 3 && !self.has(Mode::ALT_SCREEN) {
            (self.terminal.cleared, self.terminal.restarted) = (true, true);
        }
        self.term.clear_screen(mode);
    }

    fn erase_line(&mut self, kind: u16) {
        let mode = match kind {
            0 => LineClearMode::Right,
            1 => LineClearMode::Left,
            2 => LineClearMode::All,
            _ => return,
        };
        if self.terminal.spend(self.columns()) {
            self.term.clear_line(mode);
        }
    }

    fn scroll(&mut self, lines: u16, kind: char) {
        let lines = u64::from(lines).min(self.rows());
        if !self.terminal.spend(self.scroll_cost(lines)) {
            return;
        }
        let lines = lines as usize;
        match kind {
            'S' => Handler::scroll_up(self.term, lines),
            'T' => Handler::scroll_down(self.term, lines),
            'L' => self.term.insert_blank_lines(lines),
            _ => self.term.delete_lines(lines),
        }
    }

    fn tabs(&mut self, count: u16, kind: char) {
        let count = u64::from(count).min(self.columns());
        // A tab of a run of them seldom walks far.
        let walk = if kind == 't' { self.columns() / 4 } else { count * self.columns() };
        if !self.terminal.spend(walk) {
            return;
        }
        let count = count as u16;
        match kind {
            'I' => self.term.move_forward_tabs(count),
            'Z' => self.term.move_backward_tabs(count),
            _ => self.term.put_tab(count),
        }
    }

    fn keyboard(&mut self, numbers: &Numbers<'_>, marker: u8) {
        let flags = KeyboardModes::from_bits_truncate((numbers.get(0, 0) & 0x1f) as u8);
        match marker {
            b'?' => {
                let bits = self.term.keyboard_mode().bits();
                self.terminal.reply(&format!("\x1b[?{bits}u"));
            }
            b'=' => {
                let how = match numbers.get(1, 1) {
                    3 => KeyboardModesApplyBehavior::Difference,
                    2 => KeyboardModesApplyBehavior::Union,
                    _ => KeyboardModesApplyBehavior::Replace,
                };
                Handler::set_keyboard_mode(self.term, flags, how);
            }
            b'>' => self.term.push_keyboard_mode(flags),
            _ => self.term.pop_keyboard_modes(numbers.get(0, 1)),
        }
    }

    fn window(&mut self, operation: u16) {
        match operation {
            18 => {
                let (rows, columns) = (self.rows(), self.columns());
                self.terminal.reply(&format!("\x1b[8;{rows};{columns}t"));
            }
            22 => self.terminal.push_title(),
            23 => self.terminal.pop_title(),
            // Nothing moves, resizes or raises a window, and a title is never sent back.
            _ => {}
        }
    }

    fn cursor_style(&mut self, number: u16) {
        let shape = match number {
            0 => None,
            1 | 2 => Some(CursorShape::Block),
            3 | 4 => Some(CursorShape::Underline),
            5 | 6 => Some(CursorShape::Beam),
            _ => return,
        };
        self.term.set_cursor_style(shape, number % 2 == 1);
    }

    fn device_status(&mut self, number: u16) {
        match number {
            5 => self.terminal.reply("\x1b[0n"),
            6 => {
                let report = reply::cursor_position(self.term, self.terminal);
                self.terminal.reply(&report);
            }
            _ => {}
        }
    }

    fn plain_csi(&mut self, numbers: &Numbers<'_>, action: char, params: &Params) {
        let one = numbers.get(0, 1);
        let count =
            usize::from(one).min(self.term.grid.columns().max(self.term.grid.screen_lines()));
        match action {
            '@' | 'P' | 'X' if self.terminal.spend(2 * self.columns()) => match action {
                '@' => self.term.insert_blank(count),
                'P' => self.term.delete_chars(count),
                _ => self.term.erase_chars(Column(count)),
            },
            'A' => self.move_rows(-i32::from(one), None),
            'B' | 'e' => self.move_rows(i32::from(one), None),
            'C' | 'a' => self.term.move_forward(Column(count)),
            'D' => self.term.move_backward(Column(count)),
            'E' => self.move_rows(i32::from(one), Some(0)),
            'F' => self.move_rows(-i32::from(one), Some(0)),
            'G' | '`' => {
                let row = self.term.grid.cursor.pos.row.0;
                self.move_to(row, usize::from(one) - 1);
            }
            'd' => self.term.goto_line(Line(i32::from(one) - 1)),
            'H' | 'f' => {
                let column = usize::from(numbers.get(1, 1)) - 1;
                self.term.goto(Line(i32::from(one) - 1), Column(column));
            }
            'I' | 'Z' => self.tabs(one, action),
            'J' => self.erase_display(numbers.get(0, 0)),
            'K' => self.erase_line(numbers.get(0, 0)),
            'L' | 'M' | 'S' | 'T' => self.scroll(one, action),
            'b' => self.repeat(one),
            'c' if numbers.get(0, 0) == 0 => self.terminal.reply(reply::PRIMARY_ATTRIBUTES),
            'g' => match numbers.get(0, 0) {
                0 => self.term.clear_tabs(TabulationClearMode::Current),
                3 => self.term.clear_tabs(TabulationClearMode::All),
                _ => {}
            },
            'h' => numbers.all().for_each(|number| self.term.set_mode(mode::Mode::new(number))),
            'l' => numbers.all().for_each(|number| self.term.unset_mode(mode::Mode::new(number))),
            'm' => sgr::attributes(params, |attribute| self.term.terminal_attribute(attribute)),
            'n' => self.device_status(one),
            'r' => self.set_margins(one, numbers.get(1, 0)),
            's' => self.term.save_cursor_position(),
            't' => self.window(one),
            'u' => self.term.restore_cursor_position(),
            _ => {}
        }
    }
}

impl<U: EventListener> Perform for Performer<'_, U> {
    fn print(&mut self, c: char) {
        self.print_codepoints(&[u32::from(c)]);
    }

    fn print_str(&mut self, text: &str) {
        if !self.afford_print(text.len()) {
            return;
        }
        self.term.input_ascii_str(text);
        self.terminal.last = text.chars().next_back();
    }

    fn print_codepoints(&mut self, codepoints: &[u32]) {
        if codepoints.is_empty() || !self.afford_print(codepoints.len()) {
            return;
        }
        let clusters = self.has(Mode::GRAPHEME_CLUSTER);
        let joins = |cp: u32| codepoint_width(cp) == Some(0) || (clusters && cp > 0xff);
        let mut rest = codepoints;
        while let Some(&first) = rest.first() {
            let run = rest.iter().position(|&cp| joins(cp)).unwrap_or(rest.len());
            if run > 0 {
                self.term.input_codepoints(rest.get(..run).unwrap_or_default());
            } else if let Some(c) = char::from_u32(first) {
                self.print_joining(c);
            }
            rest = rest.get(run.max(1)..).unwrap_or_default();
        }
        self.terminal.last = codepoints.last().and_then(|&cp| char::from_u32(cp));
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            0x07 => self.terminal.bells = self.terminal.bells.wrapping_add(1),
            0x08 => self.term.backspace(),
            b'\t' => self.tabs(1, 't'),
            b'\n' | 0x0b | 0x0c => self.line_feed(),
            b'\r' => self.term.carriage_return(),
            0x0e => self.term.set_active_charset(CharsetIndex::G1),
            0x0f => self.term.set_active_charset(CharsetIndex::G0),
            _ => {}
        }
    }

    fn hook(&mut self, _: &Params, intermediates: &[u8], ignore: bool, action: char) {
        let wanted = !ignore && (action, intermediates) == ('q', b"$");
        self.terminal.request = wanted.then(Vec::new);
    }

    fn put(&mut self, byte: u8) {
        self.put_slice(&[byte]);
    }

    fn put_slice(&mut self, bytes: &[u8]) {
        if let Some(request) = &mut self.terminal.request {
            if request.len() + bytes.len() > MAX_REQUEST {
                self.terminal.request = None;
            } else {
                request.extend_from_slice(bytes);
            }
        }
    }

    fn unhook(&mut self) {
        if let Some(request) = self.terminal.request.take() {
            let answer = reply::setting(self.term, self.terminal, &request);
            self.terminal.reply(&answer);
        }
    }

    fn osc_dispatch(&mut self, parts: &[&[u8]], bell_terminated: bool) {
        if !self.terminal.discard {
            let end = if bell_terminated { "\x07" } else { "\x1b\\" };
            osc::dispatch(self.term, self.terminal, parts, end);
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignore: bool, action: char) {
        if ignore {
            return;
        }
        let numbers = Numbers(params);
        match (action, intermediates) {
            (_, []) => self.plain_csi(&numbers, action, params),
            ('h', b"?") => numbers.all().for_each(|number| self.private_mode(number, true)),
            ('l', b"?") => numbers.all().for_each(|number| self.private_mode(number, false)),
            ('J', b"?") => self.erase_display(numbers.get(0, 0)),
            ('K', b"?") => self.erase_line(numbers.get(0, 0)),
            ('c', b">") if numbers.get(0, 0) == 0 => {
                self.terminal.reply(reply::SECONDARY_ATTRIBUTES);
            }
            ('m', b">") if numbers.get(0, 0) == 4 && numbers.get(1, 0) <= 2 => {
                self.term.set_modify_other_keys(numbers.get(1, 0) as u8);
            }
            ('n', b">") if numbers.get(0, 0) == 4 => self.term.set_modify_other_keys(0),
            ('p', b"!") => self.soft_reset(),
            ('p', b"$") => {
                let answer = reply::ansi_mode(self.term, numbers.get(0, 0));
                self.terminal.reply(&answer);
            }
            ('p', b"?$") => {
                let answer = reply::private_mode(self.term, numbers.get(0, 0));
                self.terminal.reply(&answer);
            }
            ('q', b">") if numbers.get(0, 0) == 0 => self.terminal.reply(reply::VERSION),
            ('q', b" ") => self.cursor_style(numbers.get(0, 0)),
            ('u', [marker @ (b'?' | b'=' | b'>' | b'<')]) => self.keyboard(&numbers, *marker),
            _ => {}
        }
    }

    fn esc_dispatch(&mut self, intermediates: &[u8], ignore: bool, byte: u8) {
        if ignore {
            return;
        }
        match (byte, intermediates) {
            (b'D', []) => self.line_feed(),
            (b'E', []) => {
                self.line_feed();
                self.term.carriage_return();
            }
            (b'H', []) => self.term.set_horizontal_tabstop(),
            (b'M', []) if self.terminal.spend(self.scroll_cost(0)) => {
                self.term.reverse_index();
            }
            (b'Z', []) => self.terminal.reply(reply::PRIMARY_ATTRIBUTES),
            (b'c', []) => self.reset(),
            (b'7', []) => self.term.save_cursor_position(),
            (b'8', []) => self.term.restore_cursor_position(),
            (b'8', b"#") if self.terminal.spend(6 * self.columns() * self.rows()) => {
                self.set_margins(1, 0);
                self.term.decaln();
            }
            (b'=', []) => self.term.set_keypad_application_mode(),
            (b'>', []) => self.term.unset_keypad_application_mode(),
            (0x30..=0x7e, [slot @ (b'(' | b')' | b'*' | b'+')]) => {
                let index = match slot {
                    b'(' => CharsetIndex::G0,
                    b')' => CharsetIndex::G1,
                    b'*' => CharsetIndex::G2,
                    _ => CharsetIndex::G3,
                };
                let charset = match byte {
                    b'0' => StandardCharset::SpecialCharacterAndLineDrawing,
                    _ => StandardCharset::Ascii,
                };
                self.term.configure_charset(index, charset);
            }
            _ => {}
        }
    }

    // Strings that nothing here understands are read past without a call for each byte.
    fn apc_put_slice(&mut self, _: &[u8]) {}
    fn sos_put_slice(&mut self, _: &[u8]) {}
    fn pm_put_slice(&mut self, _: &[u8]) {}
}

fn set<U: EventListener>(term: &mut Crosswords<U>, number: u16, on: bool) {
    let mode = mode::PrivateMode::new(number);
    if on { term.set_private_mode(mode) } else { term.unset_private_mode(mode) }
}
