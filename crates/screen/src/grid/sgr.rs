//! Converts SGR parameters to attributes of the emulator, and styles to SGR parameters (ECMA-48 8.3.117,
//! xterm's colours, kitty's underlines). Does not depend on the grid.

use std::fmt::Write;

use protocol::style::{
    BLINK, BOLD, Color, DIM, HIDDEN, INVERSE, ITALIC, STRIKEOUT, Style, UNDERLINE, UNDERLINE_SHIFT,
};
use rio_vt::{
    config::colors::{AnsiColor, ColorRgb, NamedColor},
    crosswords::attr::Attr,
    performer::parser::Params,
};

/// Calls `emit` for each attribute of an SGR sequence, left to right. Skips unknown ones.
pub fn attributes(params: &Params, mut emit: impl FnMut(Attr)) {
    let mut params = params.iter();
    while let Some(param) = params.next() {
        let attribute = match *param {
            [38 | 48 | 58] => {
                let mut rest = params.by_ref().map(|param| param[0]);
                color(&mut rest).and_then(|color| colored(param[0], color))
            }
            [kind @ (38 | 48 | 58), ref parts @ ..] => {
                // `38:2:r:g:b` or, with a colour space, `38:2:space:r:g:b`.
                let skip = usize::from(parts.first() == Some(&2) && parts.len() > 4);
                let mut rest =
                    parts.iter().copied().take(1).chain(parts.iter().copied().skip(1 + skip));
                color(&mut rest).and_then(|color| colored(kind, color))
            }
            [4, kind] => underline(kind),
            [code, ..] => plain(code),
            [] => None,
        };
        if let Some(attribute) = attribute {
            emit(attribute);
        }
    }
}

fn color(params: &mut impl Iterator<Item = u16>) -> Option<AnsiColor> {
    let mut byte = || params.next().and_then(|value| u8::try_from(value).ok());
    match byte()? {
        2 => Some(AnsiColor::Spec(ColorRgb { r: byte()?, g: byte()?, b: byte()? })),
        5 => Some(AnsiColor::Indexed(byte()?)),
        _ => None,
    }
}

fn colored(kind: u16, color: AnsiColor) -> Option<Attr> {
    match kind {
        38 => Some(Attr::Foreground(color)),
        48 => Some(Attr::Background(color)),
        58 => Some(Attr::UnderlineColor(Some(color))),
        _ => None,
    }
}

fn underline(kind: u16) -> Option<Attr> {
    Some(match kind {
        0 => Attr::CancelUnderline,
        2 => Attr::DoubleUnderline,
        3 => Attr::Undercurl,
        4 => Attr::DottedUnderline,
        5 => Attr::DashedUnderline,
        _ => Attr::Underline,
    })
}

fn plain(code: u16) -> Option<Attr> {
    let indexed = |code: u16| u8::try_from(code).ok().map(AnsiColor::Indexed);
    Some(match code {
        0 => Attr::Reset,
        1 => Attr::Bold,
        2 => Attr::Dim,
        3 => Attr::Italic,
        4 => Attr::Underline,
        5 => Attr::BlinkSlow,
        6 => Attr::BlinkFast,
        7 => Attr::Reverse,
        8 => Attr::Hidden,
        9 => Attr::Strike,
        21 => Attr::DoubleUnderline,
        22 => Attr::CancelBoldDim,
        23 => Attr::CancelItalic,
        24 => Attr::CancelUnderline,
        25 => Attr::CancelBlink,
        27 => Attr::CancelReverse,
        28 => Attr::CancelHidden,
        29 => Attr::CancelStrike,
        30..=37 => Attr::Foreground(indexed(code - 30)?),
        39 => Attr::Foreground(AnsiColor::Named(NamedColor::Foreground)),
        40..=47 => Attr::Background(indexed(code - 40)?),
        49 => Attr::Background(AnsiColor::Named(NamedColor::Background)),
        59 => Attr::UnderlineColor(None),
        90..=97 => Attr::Foreground(indexed(code - 90 + 8)?),
        100..=107 => Attr::Background(indexed(code - 100 + 8)?),
        _ => return None,
    })
}

/// Returns the SGR parameters that select `style`, starting with a reset.
pub fn parameters(style: &Style) -> String {
    let mut text = String::from("0");
    for (flag, code) in
        [(BOLD, 1), (DIM, 2), (ITALIC, 3), (BLINK, 5), (INVERSE, 7), (HIDDEN, 8), (STRIKEOUT, 9)]
    {
        if style.flags & flag != 0 {
            let _ = write!(text, ";{code}");
        }
    }
    match (style.flags & UNDERLINE) >> UNDERLINE_SHIFT {
        0 => {}
        1 => text.push_str(";4"),
        kind => {
            let _ = write!(text, ";4:{kind}");
        }
    }
    for (base, packed) in
        [(38, style.foreground), (48, style.background), (58, style.underline_color)]
    {
        let _ = match Color::unpack(packed) {
            Color::Default => Ok(()),
            Color::Indexed(index) => write!(text, ";{base};5;{index}"),
            Color::Rgb(r, g, b) => write!(text, ";{base};2;{r};{g};{b}"),
        };
    }
    text
}
