//! The colours that the page shows where no program chose one, as the session wants them told.

use protocol::wire::Theme;
use web_sys::Element;

use crate::browser;

/// The theme in force at `element`; none when a colour of it is not opaque. The custom properties
/// themselves hold both a light and a dark colour: only where they are used is one of them chosen.
pub fn of(element: &Element) -> Option<Theme> {
    let style = browser::window().get_computed_style(element).ok().flatten()?;
    let color = |name: &str| rgb(&style.get_property_value(name).ok()?);
    Some(Theme {
        foreground: color("color")?,
        background: color("background-color")?,
        cursor: color("caret-color")?,
    })
}

/// `rgb(r, g, b)`, as computed colours are serialized (CSS Color 4, 15.2), as a number.
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
    fn only_opaque_colours_count() {
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
