//! Terminal modes that a viewer needs, for the mouse, the wheel and pastes.

/// The alternate screen is shown (no history to scroll).
pub const ALTERNATE_SCREEN: u32 = 1;
/// DECCKM: cursor keys are sent as application sequences.
pub const APPLICATION_CURSOR: u32 = 1 << 1;
/// DECKPAM: the keypad is in application mode.
pub const APPLICATION_KEYPAD: u32 = 1 << 2;
/// 2004: pastes are bracketed.
pub const BRACKETED_PASTE: u32 = 1 << 3;
/// 9, 1000: mouse presses are reported.
pub const MOUSE_CLICK: u32 = 1 << 4;
/// 1002: also motion with a button down.
pub const MOUSE_DRAG: u32 = 1 << 5;
/// 1003: all motion.
pub const MOUSE_MOTION: u32 = 1 << 6;
/// 1004: focus changes are reported.
pub const FOCUS: u32 = 1 << 7;
/// 1007: the wheel sends cursor keys on the alternate screen.
pub const ALTERNATE_SCROLL: u32 = 1 << 8;
/// 1006 or 1016: mouse reports are SGR.
pub const SGR_MOUSE: u32 = 1 << 9;
/// 1005: mouse reports are UTF-8.
pub const UTF8_MOUSE: u32 = 1 << 10;
/// DECAWM off: text does not wrap.
pub const NO_WRAP: u32 = 1 << 11;
/// IRM: insert mode.
pub const INSERT: u32 = 1 << 12;
/// DECOM: origin mode.
pub const ORIGIN: u32 = 1 << 13;
/// LNM: line feed implies carriage return.
pub const LINE_FEED_NEW_LINE: u32 = 1 << 14;
/// Lowest bit of the kitty keyboard flags; with bit 21 on, the viewer sends key releases too.
pub const KITTY_SHIFT: u32 = 20;
/// The five kitty keyboard flags, at [`KITTY_SHIFT`].
pub const KITTY: u32 = 0b1_1111 << KITTY_SHIFT;

/// Modes in which the mouse belongs to the program.
pub const ANY_MOUSE: u32 = MOUSE_CLICK | MOUSE_DRAG | MOUSE_MOTION;
