//! The colours that the page shows where no program chose one, as the session wants them told.

use protocol::wire::Theme;
use web_sys::Element;

use crate::browser;

/// The theme in force at `element`; none when a colour of it is not `#rrggbb`.
pub fn of(element: &Element) -> Option<Theme> {
    let style = browser::window().get_computed_style(element).ok().flatten()?;
    let color = |name: &str| rgb(&style.get_property_value(name).ok()?);
    Some(Theme {
        foreground: color("--ink")?,
        background: color("--paper")?,
        cursor: color("--caret")?,
    })
}

/// `#rrggbb` as a number.
fn rgb(css: &str) -> Option<u32> {
    let digits = css.trim().strip_prefix('#').filter(|digits| digits.len() == 6)?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::rgb;

    #[test]
    fn only_six_digits_are_a_colour() {
        for (css, expected) in
            [(" #0b6b58 ", Some(0x0b_6b58)), ("#fff", None), ("red", None), ("#12345g", None)]
        {
            assert_eq!(rgb(css), expected, "{css}");
        }
    }
}
