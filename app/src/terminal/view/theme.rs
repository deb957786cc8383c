//! Colours of the page where no program sets one, in the form that the session expects.

use protocol::wire::Theme;
use web_sys::Element;

use crate::browser;

/// Returns the colours in effect at `element`; none if one of them is not opaque. Reads computed values,
/// because the custom properties hold both a light and a dark colour.
pub fn of(element: &Element) -> Option<Theme> {
    let style = browser::window().get_computed_style(element).ok().flatten()?;
    let color = |name: &str| rgb(&style.get_property_value(name).ok()?);
    Some(Theme {
        foreground: color("color")?,
        background: color("background-color")?,
        cursor: color("caret-color")?,
    })
}

/// Parses `rgb(r, g, b)`, the serialization of computed colours (CSS Color 4, 15.2).
fn rgb(css: &str) -> Option<u32> {
    let inside = css.trim().strip_prefix("rgb(")?.strip_suffix(')')?;
    let parts: Vec<u8> =
        inside.split(',').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let [red, green, blue] = parts.try_into().ok()?;
    Some(u32::from_be_bytes([0, red, green, blue]))
}

#[cfg(test)]
mod tests {
    use super::rgb;

    #[test]
    fn only_opaque_colours_are_accepted() {
        for (css, expected) in [
            ("rgb(11, 107, 88)", Some(0x0b_6b58)),
            ("rgb(255, 255, 255)", Some(0xff_ffff)),
            ("rgba(11, 107, 88, 0.5)", None),
            ("rgb(11, 107)", None),
            ("rgb(11, 107, 256)", None),
            ("color(srgb 0 0 0)", None),
            ("", None),
        ] {
            assert_eq!(rgb(css), expected, "{css}");
        }
    }
}
