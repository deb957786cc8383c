//! Random output that stresses an emulator, determined by a seed. Shared by the `torture` example and the
//! `torture` test.

/// Bytes per feed.
pub const CHUNK: usize = 64 * 1024;

/// An xorshift64* generator.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 8
    }

    /// Returns a number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }

    /// Returns a number that is often small.
    pub fn number(&mut self) -> u64 {
        let bound = *self.one_of(&[2, 10, 100, 1000, 70_000, 5_000_000_000]);
        self.below(bound)
    }
}

/// Texts that stress an emulator.
const TEXTS: [&str; 16] = [
    "plain words and more of them ",
    "漢字かな",
    "e\u{301}\u{302}\u{303}",
    "\u{300}\u{301}\u{302}\u{303}\u{304}",
    "👨\u{200d}👩\u{200d}👧",
    "\u{200d}\u{fe0f}\u{fe0e}",
    "🇩🇪🇫🇷",
    "\u{1100}\u{1161}\u{11a8}",
    "नमस्ते",
    "\r\n",
    "\n\n\n\n",
    "\t\t",
    "\u{8}\u{8}",
    "\u{7}",
    "────────",
    "\u{202e}\u{85}\u{9b}",
];

/// Sequences that change state.
const SEQUENCES: [&str; 40] = [
    "\x1b[?1049h",
    "\x1b[?1049l",
    "\x1b[?47h",
    "\x1b[?47l",
    "\x1b[?6h",
    "\x1b[?6l",
    "\x1b[?7l",
    "\x1b[?7h",
    "\x1b[4h",
    "\x1b[4l",
    "\x1b[?2027h",
    "\x1b[?2027l",
    "\x1b[?2026h",
    "\x1b[?2026l",
    "\x1bc",
    "\x1b[!p",
    "\x1b#8",
    "\x1bM",
    "\x1bD",
    "\x1bE",
    "\x1b7",
    "\x1b8",
    "\x1bH",
    "\x1b[3g",
    "\x1b[2J",
    "\x1b[3J",
    "\x1b[?3h",
    "\x1b(0",
    "\x1b(B",
    "\x0e",
    "\x0f",
    "\x1b]8;;https://a.example/",
    "\x1b]52;c;aGVsbG8=\x07",
    "\x1b]4;1;?\x07",
    "\x1bP$qm\x1b\\",
    "\x1bPq#0;2;0;0;0\x1b\\",
    "\x1b_Gf=24;AAAA\x1b\\",
    "\x1b^pm\x1b\\",
    "\x1bXsos\x1b\\",
    "\x18",
];

fn write_piece(random: &mut Random, out: &mut Vec<u8>) {
    match random.below(16) {
        0..=4 => out.extend_from_slice(random.one_of(&TEXTS).as_bytes()),
        5..=8 => {
            out.extend_from_slice(b"\x1b[");
            for at in 0..random.below(4) {
                let number = random.number();
                out.extend_from_slice(if at == 0 { b"" } else { b";" });
                out.extend_from_slice(number.to_string().as_bytes());
            }
            out.push(b'@' + random.below(63) as u8);
        }
        9 | 10 => out.extend_from_slice(random.one_of(&SEQUENCES).as_bytes()),
        11 | 12 => {
            let (r, g, b) = (random.below(256), random.below(256), random.below(256));
            let kind = random.one_of(&[38, 48, 58]);
            out.extend_from_slice(format!("\x1b[{kind};2;{r};{g};{b}mX").as_bytes());
        }
        13 => out.extend((0..random.below(12)).map(|_| random.next() as u8)),
        14 => {
            let url = random.number();
            out.extend_from_slice(format!("\x1b]8;;https://example.org/{url}\x07link").as_bytes());
        }
        _ => {
            let marks = (0..random.below(40))
                .filter_map(|_| char::from_u32(0x300 + random.below(0x70) as u32));
            out.push(b'a');
            out.extend_from_slice(marks.collect::<String>().as_bytes());
        }
    }
}

/// Appends a sequence many times.
fn write_flood(random: &mut Random, out: &mut Vec<u8>) {
    let mut piece = Vec::new();
    for _ in 0..=random.below(3) {
        write_piece(random, &mut piece);
    }
    if piece.is_empty() {
        return;
    }
    let times = random.below(CHUNK as u64) as usize / piece.len();
    (0..times).for_each(|_| out.extend_from_slice(&piece));
}

/// Fills `chunk` with the next [`CHUNK`] bytes.
pub fn fill(random: &mut Random, chunk: &mut Vec<u8>) {
    chunk.clear();
    while chunk.len() < CHUNK {
        if random.below(3000) == 0 {
            write_flood(random, chunk);
        } else {
            write_piece(random, chunk);
        }
    }
    chunk.truncate(CHUNK);
}
