//! The style table of an epoch: styles interned by value, append-only until it is replaced. Converts styles
//! of the emulator to the wire. Does not depend on the grid.

use std::collections::HashMap;

use protocol::style::{
    BLINK, BOLD, Color, DIM, HIDDEN, INVERSE, ITALIC, MAX_STYLES, STRIKEOUT, Style, UNDERLINE_SHIFT,
};
use rio_vt::{
    config::colors::AnsiColor,
    crosswords::style::{Style as EngineStyle, StyleFlags, UnderlineKind},
};

pub const MAX_LINK: usize = 2048;

/// Maximum bytes of links per table, so that a frame with the whole table fits into a message. Further
/// styles lose their link until the table is replaced.
pub const MAX_LINKS: usize = 1024 * 1024;

/// Maximum number of entries. Further styles appear as the default one until the next capture.
const FULL: usize = MAX_STYLES - 64;

/// Styles by index. Index 0 is the default style.
#[derive(Debug)]
pub struct StyleTable {
    styles: Vec<Style>,
    index: HashMap<Style, u32>,
    links: usize,
    out_of_links: bool,
}

impl Default for StyleTable {
    fn default() -> Self {
        Self {
            styles: vec![Style::default()],
            index: HashMap::from([(Style::default(), 0)]),
            links: 0,
            out_of_links: false,
        }
    }
}

impl StyleTable {
    /// Number of entries, including the default style.
    pub fn len(&self) -> usize {
        self.styles.len()
    }

    pub fn is_full(&self) -> bool {
        self.styles.len() >= FULL
    }

    pub fn is_out_of_links(&self) -> bool {
        self.out_of_links
    }

    pub fn since(&self, from: usize) -> &[Style] {
        self.styles.get(from..).unwrap_or_default()
    }

    /// Returns the style of an index, the default one for an unknown index.
    pub fn get(&self, index: u32) -> Style {
        usize::try_from(index).ok().and_then(|at| self.styles.get(at)).cloned().unwrap_or_default()
    }

    /// Returns the index of `style` and adds it if it is new. Omits its link if there is no room.
    pub fn intern(&mut self, style: Style) -> u32 {
        if let Some(&index) = self.index.get(&style) {
            return index;
        }
        if self.is_full() {
            return 0;
        }
        if self.links + style.link.len() > MAX_LINKS {
            self.out_of_links = true;
            return self.intern(Style { link: String::new(), ..style });
        }
        self.links += style.link.len();
        let index = u32::try_from(self.styles.len()).unwrap_or_default();
        self.styles.push(style.clone());
        self.index.insert(style, index);
        index
    }
}

pub fn convert(style: &EngineStyle, link: &str) -> Style {
    const FLAGS: [(StyleFlags, u32); 8] = [
        (StyleFlags::BOLD, BOLD),
        (StyleFlags::DIM, DIM),
        (StyleFlags::ITALIC, ITALIC),
        (StyleFlags::INVERSE, INVERSE),
        (StyleFlags::HIDDEN, HIDDEN),
        (StyleFlags::STRIKEOUT, STRIKEOUT),
        (StyleFlags::SLOW_BLINK, BLINK),
        (StyleFlags::RAPID_BLINK, BLINK),
    ];
    let flags = FLAGS
        .iter()
        .filter(|(flag, _)| style.flags.contains(*flag))
        .fold(0, |flags, (_, bit)| flags | bit);
    let underline = match style.flags.underline_kind() {
        None => 0,
        Some(UnderlineKind::Single) => 1,
        Some(UnderlineKind::Double) => 2,
        Some(UnderlineKind::Curly) => 3,
        Some(UnderlineKind::Dotted) => 4,
        Some(UnderlineKind::Dashed) => 5,
    };
    Style {
        foreground: color(style.fg).pack(),
        background: color(style.bg).pack(),
        underline_color: style.underline_color.map_or(0, |of| color(of).pack()),
        flags: flags | underline << UNDERLINE_SHIFT,
        link: link.to_owned(),
    }
}

fn color(color: AnsiColor) -> Color {
    match color {
        AnsiColor::Named(named) => u8::try_from(named as usize)
            .ok()
            .filter(|index| *index < 16)
            .map_or(Color::Default, Color::Indexed),
        AnsiColor::Indexed(index) => Color::Indexed(index),
        AnsiColor::Spec(rgb) => Color::Rgb(rgb.r, rgb.g, rgb.b),
    }
}

/// Returns whether a URL is allowed as a link: http, https or mailto, printable and not too long.
pub fn is_link(uri: &str) -> bool {
    let allowed = ["http://", "https://", "mailto:"].iter().any(|scheme| {
        uri.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    allowed && uri.len() <= MAX_LINK && uri.bytes().all(|byte| byte > b' ' && byte != 0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_safe_links_are_allowed() {
        for (uri, passes) in [
            ("https://example.org/a?b#c", true),
            ("HTTP://example.org", true),
            ("mailto:a@example.org", true),
            ("javascript:alert(1)", false),
            ("file:///etc/passwd", false),
            ("https://a b", false),
            ("", false),
        ] {
            assert_eq!(is_link(uri), passes, "{uri}");
        }
        assert!(!is_link(&format!("https://{}", "a".repeat(MAX_LINK))));
    }

    #[test]
    fn equal_styles_share_an_index_and_a_full_table_falls_back() {
        let mut table = StyleTable::default();
        assert_eq!(table.intern(Style::default()), 0);
        let bold = Style { flags: BOLD, ..Style::default() };
        assert_eq!((table.intern(bold.clone()), table.intern(bold)), (1, 1));
        for rgb in 0..70_000 {
            table.intern(Style { foreground: 0x0100_0000 | rgb, ..Style::default() });
        }
        assert!(table.is_full() && table.len() <= MAX_STYLES);
        assert_eq!(table.intern(Style { background: 7, ..Style::default() }), 0);
    }

    #[test]
    fn links_above_the_limit_are_omitted_from_their_styles() {
        let mut table = StyleTable::default();
        let style = |at: usize| {
            let link = format!("https://example.org/{at:0>1000}");
            Style { flags: BOLD, link, ..Style::default() }
        };
        let indices: Vec<u32> = (0..2000).map(|at| table.intern(style(at))).collect();
        let bytes: usize = table.since(0).iter().map(|style| style.link.len()).sum();
        assert!(bytes <= MAX_LINKS && bytes > MAX_LINKS - 2000 && table.is_out_of_links());
        assert_eq!(table.get(indices[0]), style(0));
        assert_eq!(table.get(indices[1999]), Style { flags: BOLD, ..Style::default() });
        assert_eq!(table.intern(style(7)), indices[7]);
    }
}
