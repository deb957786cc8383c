//! Random secrets and the hashes that are stored of them.

use sha2::{Digest, Sha256};

/// Returns a new secret of 256 bits, in hexadecimal.
pub(crate) fn new() -> String {
    let bytes: [u8; 32] = rand::random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the stored form of a secret. Plain SHA-256 suffices for secrets of 256 random bits.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_256_bits_and_never_repeat() {
        let many: std::collections::HashSet<String> = (0..1000).map(|_| new()).collect();
        assert_eq!(many.len(), 1000);
        assert!(many.iter().all(|one| one.len() == 64));
        assert_ne!(hash("a"), hash("b"));
    }
}
