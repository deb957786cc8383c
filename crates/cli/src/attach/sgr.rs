//! Styles, colours and cursors as control sequences of ECMA-48 and xterm. Pure.

use std::fmt::Write;

use base64::prelude::{BASE64_STANDARD, Engine};
use protocol::style::{self as flags, Color, Style};

/// Returns the sequence that resets and sets all attributes of cells.
pub fn sgr(style: &Style) -> String {
    let mut out = String::from("\x1b[0");
    for (flag, number) in [
        (flags::BOLD, 1),
        (flags::DIM, 2),
        (flags::ITALIC, 3),
        (flags::BLINK, 5),
        (flags::INVERSE, 7),
        (flags::HIDDEN, 8),
        (flags::STRIKEOUT, 9),
    ] {
        if style.flags & flag != 0 {
            // Writing to a string never fails, here and below.
            let _ = write!(out, ";{number}");
        }
    }
    match (style.flags & flags::UNDERLINE) >> flags::UNDERLINE_SHIFT {
        0 => {}
        1 => out.push_str(";4"),
        kind => drop(write!(out, ";4:{kind}")),
    }
    color(&mut out, style.foreground, 30, 90);
    color(&mut out, style.background, 40, 100);
    match Color::unpack(style.underline_color) {
        Color::Default => {}
        Color::Indexed(index) => drop(write!(out, ";58:5:{index}")),
        Color::Rgb(r, g, b) => drop(write!(out, ";58:2::{r}:{g}:{b}")),
    }
    out.push('m');
    out
}

fn color(out: &mut String, packed: u32, normal: u32, bright: u32) {
    let _ = match Color::unpack(packed) {
        Color::Default => Ok(()),
        Color::Indexed(index @ 0..8) => write!(out, ";{}", normal + u32::from(index)),
        Color::Indexed(index @ 8..16) => write!(out, ";{}", bright + u32::from(index) - 8),
        Color::Indexed(index) => write!(out, ";{};5;{index}", normal + 8),
        Color::Rgb(r, g, b) => write!(out, ";{};2;{r};{g};{b}", normal + 8),
    };
}

/// Returns the sequence that begins a hyperlink; an empty address ends it.
pub fn link(address: &str) -> String {
    let address: String = address.chars().filter(char::is_ascii_graphic).collect();
    format!("\x1b]8;;{address}\x1b\\")
}

/// Returns the DECSCUSR sequence for a cursor style of the wire.
pub fn cursor(style: u32) -> &'static str {
    match style {
        1 => "\x1b[2 q",
        9 => "\x1b[1 q",
        2 => "\x1b[4 q",
        10 => "\x1b[3 q",
        3 => "\x1b[6 q",
        11 => "\x1b[5 q",
        _ => "",
    }
}

/// Resets the colours to those of the terminal.
pub const OWN_COLORS: &str = "\x1b]104\x1b\\\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\";

/// Returns the sequences that set colours by index and reset the others.
pub fn palette(changed: &[(u32, u32)]) -> String {
    let mut out = OWN_COLORS.to_owned();
    for (index, rgb) in changed {
        let [_, r, g, b] = rgb.to_be_bytes();
        let _ = match index {
            0..256 => write!(out, "\x1b]4;{index};rgb:{r:02x}/{g:02x}/{b:02x}\x1b\\"),
            256..259 => write!(out, "\x1b]{};rgb:{r:02x}/{g:02x}/{b:02x}\x1b\\", index - 246),
            _ => Ok(()),
        };
    }
    out
}

/// Returns the sequence that sets the clipboard of the terminal (OSC 52).
pub fn clipboard(text: &str) -> String {
    format!("\x1b]52;c;{}\x1b\\", BASE64_STANDARD.encode(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_become_sequences() {
        let packed = |color: Color| color.pack();
        for (style, written) in [
            (Style::default(), "\x1b[0m"),
            (Style { flags: flags::BOLD | flags::INVERSE, ..Style::default() }, "\x1b[0;1;7m"),
            (Style { flags: 3 << flags::UNDERLINE_SHIFT, ..Style::default() }, "\x1b[0;4:3m"),
            (Style { foreground: packed(Color::Indexed(1)), ..Style::default() }, "\x1b[0;31m"),
            (Style { foreground: packed(Color::Indexed(9)), ..Style::default() }, "\x1b[0;91m"),
            (
                Style { background: packed(Color::Indexed(200)), ..Style::default() },
                "\x1b[0;48;5;200m",
            ),
            (
                Style { background: packed(Color::Rgb(1, 2, 3)), ..Style::default() },
                "\x1b[0;48;2;1;2;3m",
            ),
        ] {
            assert_eq!(sgr(&style), written);
        }
    }

    #[test]
    fn a_link_cannot_inject_sequences() {
        assert_eq!(link("https://x/\x1b\\\x07\u{9c}y"), "\x1b]8;;https://x/\\y\x1b\\");
    }
}
