//! A QR code (ISO/IEC 18004), drawn as one SVG path.

use fast_qr::{ECL, QRBuilder};
use leptos::prelude::*;

/// Width of the quiet zone that the standard requires, in modules.
const QUIET: usize = 4;

/// The code; nothing when the text is too long.
#[component]
pub fn Qr(text: String, label: &'static str) -> impl IntoView {
    drawing(&text).map(|(side, path)| {
        view! {
            <svg
                class="qr"
                data-testid="qr"
                role="img"
                aria-label=label
                viewBox=format!("0 0 {side} {side}")
                shape-rendering="crispEdges"
            >
                <path d=path />
            </svg>
        }
    })
}

/// Returns the side in modules, including the quiet zone, and the path of the dark modules.
fn drawing(text: &str) -> Option<(usize, String)> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let mut path = String::new();
    for y in 0..code.size {
        let row = &code[y];
        let dark = |x: usize| x < code.size && row[x].value();
        let mut x = 0;
        while x < code.size {
            let start = x;
            while dark(x) {
                x += 1;
            }
            if x > start {
                let (left, top) = (start + QUIET, y + QUIET);
                path.push_str(&format!("M{left} {top}h{}v1H{left}z", x - start));
            }
            x += 1;
        }
    }
    Some((code.size + 2 * QUIET, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_has_finder_patterns_and_a_quiet_zone() {
        let (side, path) = drawing("https://example.org/join#abcdefghijklmnopqrstuv").unwrap();
        let modules = side - 2 * QUIET;
        assert_eq!((modules - 17) % 4, 0, "a size of the standard");
        for (x, y) in [(0, 0), (modules - 7, 0), (0, modules - 7)] {
            let top = format!("M{} {}h7v1", x + QUIET, y + QUIET);
            assert!(path.contains(&top), "{top}");
        }
        assert_ne!(drawing("another"), drawing("text"));
        assert_eq!(drawing(&"x".repeat(8000)), None);
    }
}
