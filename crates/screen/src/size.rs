//! Size of a screen and its bounds.

/// Columns and rows of a screen, always within bounds that are safe for the emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    /// 2 to 1000.
    pub columns: u16,
    /// 2 to 500.
    pub rows: u16,
}

impl Size {
    /// Minimum of columns and rows. The emulator's wrapping breaks below.
    pub const MIN: u16 = 2;
    /// Maximum of columns.
    pub const MAX_COLUMNS: u16 = 1000;
    /// Maximum of rows.
    pub const MAX_ROWS: u16 = 500;

    /// Returns the size nearest to the requested one.
    pub fn clamped(columns: u16, rows: u16) -> Self {
        Self {
            columns: columns.clamp(Self::MIN, Self::MAX_COLUMNS),
            rows: rows.clamp(Self::MIN, Self::MAX_ROWS),
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
