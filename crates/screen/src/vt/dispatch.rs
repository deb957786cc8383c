//! Maps sequences to control functions (ECMA-48, DEC STD 070, xterm's ctlseqs). An allowlist: other
//! sequences are dropped. The functions are in `perform`.

use rio_vt::{
    ansi::{TabulationClearMode, mode::Mode},
    codepoint_width::codepoint_width,
    crosswords::{
        Mode as Flags,
        grid::Dimensions,
        pos::{CharsetIndex, Column, Line, StandardCharset},
    },
    performer::{
        handler::Handler,
        parser::{Params, Perform},
    },
};

use super::{osc, perform::Performer, reply};
use crate::grid::sgr;

/// Maximum bytes of a device control string (DECRQSS).
const MAX_REQUEST: usize = 16;

/// Numeric parameters of a CSI sequence. 0 and absent parameters have the default value.
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

impl Performer<'_> {
    fn plain_csi(&mut self, numbers: &Numbers<'_>, action: char) {
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
            'h' => numbers.all().for_each(|number| self.term.set_mode(Mode::new(number))),
            'l' => numbers.all().for_each(|number| self.term.unset_mode(Mode::new(number))),
            'm' => sgr::attributes(numbers.0, |attribute| self.term.terminal_attribute(attribute)),
            'n' => self.device_status(one),
            'r' => self.set_margins(one, numbers.get(1, 0)),
            's' => self.term.save_cursor_position(),
            't' => self.window(one),
            'u' => self.term.restore_cursor_position(),
            _ => {}
        }
    }
}

impl Perform for Performer<'_> {
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
        let clusters = self.has(Flags::GRAPHEME_CLUSTER);
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
            self.terminal.reply(&reply::setting(self.term, self.terminal, &request));
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
            (_, []) => self.plain_csi(&numbers, action),
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
            ('p', b"$") => self.terminal.reply(&reply::ansi_mode(self.term, numbers.get(0, 0))),
            ('p', b"?$") => {
                self.terminal.reply(&reply::private_mode(self.term, numbers.get(0, 0)));
            }
            ('q', b">") if numbers.get(0, 0) == 0 => self.terminal.reply(reply::VERSION),
            ('q', b" ") => self.cursor_style(numbers.get(0, 0)),
            ('u', [marker @ (b'?' | b'=' | b'>' | b'<')]) => {
                self.keyboard(*marker, numbers.get(0, 0), numbers.get(1, 0));
            }
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

    // Unsupported strings are skipped without a call per byte.
    fn apc_put_slice(&mut self, _: &[u8]) {}
    fn sos_put_slice(&mut self, _: &[u8]) {}
    fn pm_put_slice(&mut self, _: &[u8]) {}
}
