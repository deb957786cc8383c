//! Passwords of shares: random, and easy to read aloud and to type.

/// Crockford's base 32, which has no ambiguous letters.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Length of a password in characters of 5 bits each, in groups of four.
const LENGTH: usize = 16;

/// Longest input that is checked, in characters.
const MAX_INPUT: usize = 128;

/// Returns a new password of 80 bits, such as `7F3K-9QWE-0M2C-XT5H`.
pub(crate) fn new() -> String {
    let mut bits: u128 = rand::random();
    let mut password = String::new();
    for position in 0..LENGTH {
        if position > 0 && position % 4 == 0 {
            password.push('-');
        }
        let five = usize::try_from(bits & 31).unwrap_or_default();
        password.extend(ALPHABET.get(five).copied().map(char::from));
        bits >>= 5;
    }
    password
}

/// Normalizes a typed password: ignores case, dashes and spaces, and maps ambiguous letters to digits.
pub(crate) fn normalize(typed: &str) -> String {
    typed
        .chars()
        .take(MAX_INPUT)
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
            assert_eq!((password.len(), normalize(password).len()), (19, 16), "{password}");
            normalize(password).bytes().for_each(|byte| seen[usize::from(byte)] += 1);
        }
        // Each of the 32 characters is expected 5000 times, ±350 (5 σ).
        for byte in ALPHABET {
            let count = seen[usize::from(*byte)];
            assert!((4650..=5350).contains(&count), "{} {count}", char::from(*byte));
        }
        assert_eq!(seen.iter().filter(|count| **count > 0).count(), 32);
    }

    #[test]
    fn typed_passwords_are_normalized() {
        for typed in ["7F3K-9QWE-0M1C-XT5H", "7f3k9qweom1cxt5h", " 7f3k 9qwe OMlC xt5h "] {
            assert_eq!(normalize(typed), "7F3K9QWE0M1CXT5H", "{typed}");
        }
        assert_eq!(normalize(&"é".repeat(200)).chars().count(), 128);
    }
}
