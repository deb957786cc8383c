//! Colours and attributes of cells, as the wire's style table holds them.

pub use crate::wire::Style;

pub const BOLD: u32 = 1;
/// Faint.
pub const DIM: u32 = 1 << 1;
pub const ITALIC: u32 = 1 << 2;
/// Inverse video.
pub const INVERSE: u32 = 1 << 3;
/// Concealed.
pub const HIDDEN: u32 = 1 << 4;
pub const STRIKEOUT: u32 = 1 << 5;
/// Blinking, slow or fast.
pub const BLINK: u32 = 1 << 6;
/// Three bits: 0 none, 1 single, 2 double, 3 curly, 4 dotted, 5 dashed.
pub const UNDERLINE_SHIFT: u32 = 8;
/// Mask of the underline kind.
pub const UNDERLINE: u32 = 0b111 << UNDERLINE_SHIFT;

/// Most entries of a style table.
pub const MAX_STYLES: usize = 65_536;

/// Colour, packed on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Color {
    /// Foreground or background of the viewer.
    #[default]
    Default,
    /// Entry of the 256-colour palette.
    Indexed(u8),
    /// 24-bit colour.
    Rgb(u8, u8, u8),
}

impl Color {
    /// Returns the packed form: 0, palette entry + 1, or `0x1000000 | rgb`.
    pub fn pack(self) -> u32 {
        match self {
            Self::Default => 0,
            Self::Indexed(index) => u32::from(index) + 1,
            Self::Rgb(r, g, b) => 0x0100_0000 | u32::from_be_bytes([0, r, g, b]),
        }
    }

    /// Returns the colour of a packed form; undefined forms are the default colour.
    pub fn unpack(packed: u32) -> Self {
        match packed {
            1..=256 => Self::Indexed(u8::try_from(packed - 1).unwrap_or_default()),
            0x0100_0000..=0x01ff_ffff => {
                let [_, r, g, b] = packed.to_be_bytes();
                Self::Rgb(r, g, b)
            }
            _ => Self::Default,
        }
    }
}
