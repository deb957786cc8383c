//! Contrast of page and terminal colours by WCAG 2.2 (1.4.3 and 1.4.11), computed from the style
//! sheets for the light and dark themes.

#![expect(clippy::unwrap_used, reason = "an unreadable sheet fails the test")]

use std::{collections::BTreeMap, fs};

/// Minimum contrast of text, and of parts needed to operate a page.
const TEXT: f64 = 4.5;
const PART: f64 = 3.0;

type Rgb = [f64; 3];
type Colors = BTreeMap<String, [Rgb; 2]>;

/// Returns every `--name: light-dark(#rrggbb, #rrggbb)` of a sheet.
fn colors(sheet: &str) -> Colors {
    let path = tidy::root().join("style").join(sheet);
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter_map(|line| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": light-dark(#")?;
        let (light, dark) = value.strip_suffix(");")?.split_once(", #")?;
        Some((name.to_owned(), [hex(light), hex(dark)]))
    });
    lines.collect()
}

fn hex(digits: &str) -> Rgb {
    let number = u32::from_str_radix(digits, 16).unwrap();
    assert_eq!(digits.len(), 6, "{digits}");
    let [_, bytes @ ..] = number.to_be_bytes();
    bytes.map(|byte| f64::from(byte) / 255.0)
}

/// Computes `color-mix(in srgb, over share, under)`.
fn mix(over: Rgb, share: f64, under: Rgb) -> Rgb {
    std::array::from_fn(|at| over[at] * share + under[at] * (1.0 - share))
}

/// Relative luminance by WCAG.
fn luminance(color: Rgb) -> f64 {
    let [red, green, blue] =
        color.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Returns the pairs below their minimum contrast.
fn weak(colors: &Colors, pairs: &[(&str, &str, f64)]) -> Vec<String> {
    let mut weak = Vec::new();
    for (front, back, least) in pairs {
        for (at, by) in ["light", "dark"].iter().enumerate() {
            let found = contrast(colors[*front][at], colors[*back][at]);
            if found < *least {
                weak.push(format!("{front} on {back} ({by}): {found:.2}, not {least}"));
            }
        }
    }
    weak
}

#[test]
fn contrasts_are_those_of_the_standard() {
    let found = |one, other| (contrast(hex(one), hex(other)) * 100.0).round();
    assert_eq!(found("000000", "ffffff").to_string(), "2100");
    assert_eq!(found("777777", "ffffff").to_string(), "448");
    assert_eq!(found("0b6b58", "0b6b58").to_string(), "100");
}

#[test]
fn pages_can_be_read() {
    let mut colors = colors("tokens.css");
    // Mixed colours of the sheets: hovered tabs and buttons, badges.
    for (name, share, under) in [("tabs", 0.07, "background"), ("badge", 0.08, "surface")] {
        let mixed = [0, 1].map(|at| mix(colors["text"][at], share, colors[under][at]));
        colors.insert(name.to_owned(), mixed);
    }
    let mut pairs = vec![
        ("on-accent", "accent", TEXT),
        ("on-accent", "accent-hover", TEXT),
        ("surface", "danger", TEXT),
        ("surface", "danger-hover", TEXT),
        ("success", "accent-subtle", TEXT),
        ("text", "accent-subtle", TEXT),
        ("danger", "danger-subtle", TEXT),
        ("warning", "warning-subtle", TEXT),
        ("text", "tab-selected", TEXT),
        ("text", "tabs", TEXT),
        ("muted", "tabs", TEXT),
        ("muted", "badge", TEXT),
    ];
    for background in ["background", "surface", "raised"] {
        let text = ["text", "muted", "accent", "success", "warning", "danger"];
        pairs.extend(text.map(|front| (front, background, TEXT)));
        pairs.extend(["border-strong", "focus"].map(|front| (front, background, PART)));
    }
    assert_eq!(weak(&colors, &pairs), Vec::<String>::new());
}

#[test]
fn terminals_can_be_read() {
    let colors = colors("terminal_colors.css");
    let names: Vec<String> = (0..16).map(|index| format!("c{index}")).collect();
    let mut pairs =
        vec![("ink", "paper", TEXT), ("paper", "caret", TEXT), ("caret", "paper", PART)];
    // In the dark theme, black is a background colour, close to the page's own, as in every palette.
    pairs.extend(names.iter().skip(1).map(|name| (name.as_str(), "paper", TEXT)));
    assert_eq!(weak(&colors, &pairs), Vec::<String>::new());
    assert!(contrast(colors["c0"][0], colors["paper"][0]) >= TEXT);
}
