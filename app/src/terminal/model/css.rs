//! CSS of the styles of the wire. Colours of the palette are custom properties, so that themes apply to
//! them. Pure.

use protocol::style::{
    BLINK, BOLD, Color, DIM, HIDDEN, INVERSE, ITALIC, STRIKEOUT, Style, UNDERLINE, UNDERLINE_SHIFT,
};

/// Returns the declarations of `style`; empty for the default style.
pub fn css(style: &Style) -> String {
    let has = |flag| style.flags & flag != 0;
    let on = |flag, value: &str| has(flag).then(|| value.to_owned());
    let (mut ink, mut paper) = (color(style.foreground), color(style.background));
    if has(INVERSE) {
        std::mem::swap(&mut ink, &mut paper);
        ink.get_or_insert_with(|| "var(--paper)".into());
        paper.get_or_insert_with(|| "var(--ink)".into());
    }
    if has(HIDDEN) {
        ink = Some("transparent".into());
    } else if has(DIM) {
        let dimmed = ink.as_deref().unwrap_or("var(--ink)");
        let paper = paper.as_deref().unwrap_or("var(--paper)");
        ink = Some(format!("color-mix(in srgb,{dimmed} 60%,{paper})"));
    }
    let line = (style.flags & UNDERLINE) >> UNDERLINE_SHIFT;
    let decoration = match (line > 0, has(STRIKEOUT)) {
        (true, true) => Some("underline line-through"),
        (true, false) => Some("underline"),
        (false, true) => Some("line-through"),
        (false, false) => None,
    };
    let shape = match line {
        0 | 1 => None,
        2 => Some("double"),
        3 => Some("wavy"),
        4 => Some("dotted"),
        _ => Some("dashed"),
    };
    [
        ("color", ink),
        ("background-color", paper),
        ("font-weight", on(BOLD, "bold")),
        ("font-style", on(ITALIC, "italic")),
        ("text-decoration-line", decoration.map(str::to_owned)),
        ("text-decoration-style", shape.map(str::to_owned)),
        ("text-decoration-color", color(style.underline_color).filter(|_| line > 0)),
        ("animation", on(BLINK, "blink 1s steps(1) infinite")),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(format!("{name}:{};", value?)))
    .collect()
}

/// Returns the CSS of a packed colour; none for the default.
fn color(packed: u32) -> Option<String> {
    match Color::unpack(packed) {
        Color::Default => None,
        Color::Indexed(index) if index < 16 => Some(format!("var(--c{index})")),
        Color::Indexed(index) => Some(format!("var(--c{index},{})", hex(indexed(index)))),
        Color::Rgb(r, g, b) => Some(hex([r, g, b])),
    }
}

/// Formats a colour as `#rrggbb`.
pub fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Formats a length, to a thousandth of a pixel.
pub fn px(pixels: f64) -> String {
    let thousandths = (pixels * 1000.0).round() as i64;
    let sign = if thousandths < 0 { "-" } else { "" };
    let (whole, rest) = (thousandths.abs() / 1000, thousandths.abs() % 1000);
    if rest == 0 { format!("{sign}{whole}px") } else { format!("{sign}{whole}.{rest:03}px") }
}

/// Returns entry 16 to 255 of xterm's palette: a 6×6×6 cube and 24 greys.
fn indexed(index: u8) -> [u8; 3] {
    let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
    match index {
        16..=231 => {
            let n = index - 16;
            [level(n / 36), level(n / 6 % 6), level(n % 6)]
        }
        232.. => [8 + 10 * (index - 232); 3],
        _ => [0; 3],
    }
}

/// Returns the custom property of a palette entry; none for an unknown entry.
pub fn property(index: u32) -> Option<String> {
    match index {
        0..=255 => Some(format!("--c{index}")),
        256 => Some("--ink".into()),
        257 => Some("--paper".into()),
        258 => Some("--caret".into()),
        _ => None,
    }
}

/// Returns whether a link is safe to follow: output of a program must not run scripts.
pub fn safe_link(link: &str) -> bool {
    let lower = link.get(..8.min(link.len())).unwrap_or_default().to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(foreground: Color, background: Color, flags: u32) -> Style {
        Style {
            foreground: foreground.pack(),
            background: background.pack(),
            flags,
            ..Style::default()
        }
    }

    #[test]
    fn declarations() {
        let red = Color::Indexed(1);
        for (style, expected) in [
            (Style::default(), ""),
            (style(red, Color::Default, 0), "color:var(--c1);"),
            (style(Color::Rgb(1, 2, 255), Color::Default, BOLD), "color:#0102ff;font-weight:bold;"),
            (
                style(Color::Default, Color::Default, INVERSE),
                "color:var(--paper);background-color:var(--ink);",
            ),
            (style(red, Color::Indexed(2), INVERSE), "color:var(--c2);background-color:var(--c1);"),
            (style(red, Color::Default, HIDDEN), "color:transparent;"),
            (
                style(red, Color::Default, DIM),
                "color:color-mix(in srgb,var(--c1) 60%,var(--paper));",
            ),
            (style(Color::Indexed(208), Color::Default, 0), "color:var(--c208,#ff8700);"),
            (
                style(Color::Default, Color::Indexed(244), 0),
                "background-color:var(--c244,#808080);",
            ),
            (
                style(Color::Default, Color::Default, 3 << UNDERLINE_SHIFT | STRIKEOUT),
                "text-decoration-line:underline line-through;text-decoration-style:wavy;",
            ),
        ] {
            assert_eq!(css(&style), expected, "{style:?}");
        }
    }

    #[test]
    fn lengths() {
        for (pixels, css) in [
            (0.0, "0px"),
            (12.0, "12px"),
            (9.031_25, "9.031px"),
            (-0.5, "-0.500px"),
            (1e6, "1000000px"),
        ] {
            assert_eq!(px(pixels), css);
        }
    }

    #[test]
    fn an_undefined_kind_of_underline_is_visible() {
        assert!(
            css(&style(Color::Default, Color::Default, 7 << UNDERLINE_SHIFT)).contains("dashed")
        );
    }

    #[test]
    fn only_safe_links_are_followed() {
        for (link, safe) in [
            ("https://example.org/a?b", true),
            ("HTTP://example.org", true),
            ("mailto:a@example.org", true),
            ("javascript:alert(1)", false),
            (" https://example.org", false),
            ("data:text/html,x", false),
            ("héééééé", false),
            ("", false),
        ] {
            assert_eq!(safe_link(link), safe, "{link}");
        }
    }
}
