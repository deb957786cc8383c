//! The password of a share: random, and easy to read out and to type.

/// Crockford's base 32: no letter that is taken for a digit or another letter.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters of a password, of 5 bits each, in groups of four.
const LENGTH: usize = 16;

/// Longest text that is looked at as a password, in characters.
const LONGEST: usize = 128;

/// A new password of 80 bits, such as `7F3K-9QWE-0M2C-XT5H`.
pub(crate) fn new() -> String {
    let mut bits: u128 = rand::random();
    let mut password = String::new();
    for place in 0..LENGTH {
        if place > 0 && place % 4 == 0 {
            password.push('-');
        }
        let five = usize::try_from(bits & 31).unwrap_or_default();
        password.extend(ALPHABET.get(five).copied().map(char::from));
        bits >>= 5;
    }
    password
}

/// A password as it was made from what somebody typed: case, dashes and spaces do not matter, nor do
/// letters that look like digits.
pub(crate) fn tidy(typed: &str) -> String {
    typed
        .chars()
        .take(LONGEST)
        .filter(|c| !matches!(c, '-' | ' '))
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn passwords_have_80_bits_and_never_repeat() {
        let many: HashSet<String> = (0..10_000).map(|_| new()).collect();
        assert_eq!(many.len(), 10_000);
        let mut seen = [const { 0_u32 }; 128];
        for password in &many {
            assert_eq!((password.len(), tidy(password).len()), (19, 16), "{password}");
            tidy(password).bytes().for_each(|byte| seen[usize::from(byte)] += 1);
        }
        // Each of the 32 comes 5000 times, give or take 350 (5 σ).
        for byte in ALPHABET {
            let times = seen[usize::from(*byte)];
            assert!((4650..=5350).contains(&times), "{} {times}", char::from(*byte));
        }
        assert_eq!(seen.iter().filter(|times| **times > 0).count(), 32);
    }

    #[test]
    fn typing_it_is_forgiving() {
        for typed in ["7F3K-9QWE-0M1C-XT5H", "7f3k9qweom1cxt5h", " 7f3k 9qwe OMlC xt5h "] {
            assert_eq!(tidy(typed), "7F3K9QWE0M1CXT5H", "{typed}");
        }
        assert_eq!(tidy(&"é".repeat(200)).chars().count(), 128);
    }
}
