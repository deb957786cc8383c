//! Colours: xterm's 256 colours, default colours for queries, and X11 colour specifications. Tables only.

/// Index of the default foreground in a palette.
pub const FOREGROUND: u32 = 256;
/// Index of the default background.
pub const BACKGROUND: u32 = 257;

const ANSI: [u32; 16] = [
    0x2e_3440, 0xbf_616a, 0xa3_be8c, 0xeb_cb8b, 0x81_a1c1, 0xb4_8ead, 0x88_c0d0, 0xe5_e9f0,
    0x4c_566a, 0xd0_6f79, 0xb1_d196, 0xf0_d399, 0x8c_afd2, 0xc8_95bf, 0x93_ccdc, 0xec_eff4,
];

/// Default colour of a palette index, as shown without a theme.
pub fn default(index: u32) -> u32 {
    const LEVELS: [u32; 6] = [0, 95, 135, 175, 215, 255];
    let level = |step: u32| LEVELS.get(step as usize).copied().unwrap_or_default();
    match index {
        0..=15 => ANSI.get(index as usize).copied().unwrap_or_default(),
        16..=231 => {
            let cube = index - 16;
            level(cube / 36) << 16 | level(cube / 6 % 6) << 8 | level(cube % 6)
        }
        232..=255 => (8 + 10 * (index - 232)) * 0x1_0101,
        BACKGROUND => 0x1d_2129,
        _ => 0xd8_dee9,
    }
}

/// Parses `#rgb` to `#rrrrggggbbbb` and `rgb:r/g/b` to `rgb:rrrr/gggg/bbbb` (XParseColor) as `0xrrggbb`.
pub fn parse(text: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(text).ok()?;
    let hex = |digits: &str| {
        let valid =
            (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
        valid.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    };
    let mut rgb = 0;
    if let Some(digits) = text.strip_prefix('#') {
        let width = digits.len() / 3;
        if width * 3 != digits.len() {
            return None;
        }
        for part in 0..3 {
            // `#` values are padded with zeros on the right, not scaled.
            let value = hex(digits.get(part * width..(part + 1) * width)?)? << (4 * (4 - width));
            rgb = rgb << 8 | value >> 8;
        }
        return Some(rgb);
    }
    let mut parts = text.strip_prefix("rgb:")?.split('/');
    for _ in 0..3 {
        let digits = parts.next()?;
        let max = 16u32.pow(u32::try_from(digits.len().min(4)).ok()?) - 1;
        rgb = (rgb << 8) | (hex(digits)? * 255 / max.max(1));
    }
    parts.next().is_none().then_some(rgb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_parsed_like_x11() {
        for (text, expected) in [
            ("#fff", Some(0xf0_f0f0)),
            ("#1d2129", Some(0x1d_2129)),
            ("#ffff00008000", Some(0xff_0080)),
            ("rgb:ff/80/00", Some(0xff_8000)),
            ("rgb:f/8/0", Some(0xff_8800)),
            ("rgb:ffff/8080/0000", Some(0xff_8000)),
            ("rgb:ff/80", None),
            ("rgb:ff/80/00/00", None),
            ("rgb://", None),
            ("#12345", None),
            ("#+1-2+3", None),
            ("red", None),
        ] {
            assert_eq!(parse(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn the_color_cube_and_the_grays_match_xterm() {
        for (index, rgb) in [
            (16, 0),
            (21, 0xff),
            (196, 0xff_0000),
            (231, 0xff_ffff),
            (232, 0x08_0808),
            (255, 0xee_eeee),
        ] {
            assert_eq!(default(index), rgb, "{index}");
        }
    }
}
