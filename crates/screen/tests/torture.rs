//! A short form of the `torture` example.

use protocol::mirror::Mirror;
use screen::{Screen, Size};

#[path = "support/random.rs"]
mod random;

use random::{Random, fill};

#[test]
fn random_output_and_resizes_keep_mirrors_equal() {
    for seed in 1..=4 {
        let mut random = Random(seed);
        let mut screen = Screen::new(Size::clamped(80, 24), 2000);
        let (mut mirror, mut chunk) = (Mirror::default(), Vec::new());
        for _ in 0..8 {
            fill(&mut random, &mut chunk);
            for piece in chunk.chunks(3001) {
                screen.feed(piece);
                if random.below(8) == 0 {
                    let (columns, rows) = (random.below(100) as u16, random.below(30) as u16);
                    screen.resize(Size::clamped(columns, rows));
                }
                screen.sync();
                let position = mirror.position();
                if let Some(frame) = screen.frame_since(position.as_ref()) {
                    assert_eq!(mirror.apply(&frame).err(), None, "seed {seed}");
                }
                assert_eq!(mirror.hash(), screen.hash(), "seed {seed}");
            }
        }
    }
}
