//! Size of a screen and its bounds.

use protocol::api::limits::{COLUMNS, ROWS};

/// Columns and rows of a screen, always within bounds that are safe for the emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    /// 2 to 1000.
    pub columns: u16,
    /// 2 to 500.
    pub rows: u16,
}

impl Size {
    /// Returns the size nearest to the requested one. The emulator's wrapping breaks below the minimum.
    pub fn clamped(columns: u16, rows: u16) -> Self {
        Self {
            columns: columns.clamp(*COLUMNS.start(), *COLUMNS.end()),
            rows: rows.clamp(*ROWS.start(), *ROWS.end()),
        }
    }

    /// Number of cells.
    pub(crate) fn cells(self) -> u64 {
        u64::from(self.columns) * u64::from(self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_clamped() {
        for ((columns, rows), expected) in [
            ((0, 0), (2, 2)),
            ((1, 65_535), (2, 500)),
            ((80, 24), (80, 24)),
            ((65_535, 1), (1000, 2)),
        ] {
            let size = Size::clamped(columns, rows);
            assert_eq!((size.columns, size.rows), expected);
        }
    }
}
