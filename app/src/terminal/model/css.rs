//! CSS of the styles of the wire. Colours of the palette are custom properties, so that themes apply to
//! them. Pure.

use std::fmt::Write;

use protocol::style::{
    BLINK, BOLD, Color, DIM, HIDDEN, INVERSE, ITALIC, STRIKEOUT, Style, UNDERLINE, UNDERLINE_SHIFT,
};

/// Returns the declarations of `style`; empty for the default style.
#[must_use]
pub fn css(style: &Style) -> String {
    let mut css = String::new();
    let has = |flag| style.flags & flag != 0;
    let foreground = color(style.foreground);
    let background = color(style.background);
    let (ink, paper) = if has(INVERSE) {
        (
            Some(background.unwrap_or_else(|| "var(--paper)".into())),
            Some(foreground.unwrap_or_else(|| "var(--ink)".into())),
        )
    } else {
        (foreground, background)
    };
    let ink = match ink {
        _ if has(HIDDEN) => Some("transparent".into()),
        ink if has(DIM) => {
            let ink = ink.unwrap_or_else(|| "var(--ink)".into());
            let paper = paper.as_deref().unwrap_or("var(--paper)");
            Some(format!("color-mix(in srgb,{ink} 60%,{paper})"))
        }
        ink => ink,
    };
    let mut put = |name: &str, value: &str| {
        let _ = write!(css, "{name}:{value};");
    };
    if let Some(ink) = &ink {
        put("color", ink);
    }
    if let Some(paper) = &paper {
        put("background-color", paper);
    }
    if has(BOLD) {
        put("font-weight", "bold");
    }
    if has(ITALIC) {
        put("font-style", "italic");
    }
    let line = (style.flags & UNDERLINE) >> UNDERLINE_SHIFT;
    let decoration = match (line > 0, has(STRIKEOUT)) {
        (true, true) => "underline line-through",
        (true, false) => "underline",
        (false, true) => "line-through",
        (false, false) => "",
    };
    if !decoration.is_empty() {
        put("text-decoration-line", decoration);
    }
    if line > 1 {
        put(
            "text-decoration-style",
            ["double", "wavy", "dotted", "dashed"][usize::try_from(line - 2).unwrap_or(0).min(3)],
        );
    }
    if let Some(color) = color(style.underline_color)
        && line > 0
    {
        put("text-decoration-color", &color);
    }
    if has(BLINK) {
        put("animation", "blink 1s steps(1) infinite");
    }
    css
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
#[must_use]
pub fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Formats a length, to a thousandth of a pixel.
#[must_use]
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
#[must_use]
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
#[must_use]
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
