//! Hashing and checking of passwords: argon2id on blocking threads, with bounded concurrency.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use argon2::{
    Argon2,
    password_hash::{self, PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::{Error, secret};

/// Maximum number of concurrent computations; each takes 19 MiB and a core.
const CONCURRENCY: usize = 2;

/// Maximum number of waiting callers; further ones get [`Error::Busy`].
const MAX_WAITING: usize = 64;

#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    turn: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    /// Hash that is checked for unknown members, so that the check takes the same time.
    placeholder: Arc<str>,
    /// Number of computations since the start.
    computed: Arc<AtomicU64>,
}

impl Passwords {
    pub(crate) async fn new() -> Result<Self, Error> {
        let mut passwords = Self {
            turn: Arc::new(Semaphore::new(CONCURRENCY)),
            queue: Arc::new(Semaphore::new(MAX_WAITING)),
            placeholder: Arc::from(""),
            computed: Arc::default(),
        };
        passwords.placeholder = passwords.hash(secret::new()).await?.into();
        Ok(passwords)
    }

    pub(crate) async fn hash(&self, password: String) -> Result<String, Error> {
        self.work(move || {
            Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| {
            tracing::error!(%error, "a password could not be hashed");
            Error::PasswordUnchecked
        })
    }

    /// Checks a password against a PHC string. Without one the result is false.
    ///
    /// # Errors
    /// [`Error::PasswordUnchecked`] if the check failed, so the password may be right;
    /// [`Error::Busy`].
    pub(crate) async fn check(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, Error> {
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.placeholder.to_string());
        let right = self.work(move || verify(&password, &hash)).await??;
        Ok(right && exists)
    }

    /// Returns the number of computations since the start.
    pub(crate) fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _queued = self.queue.try_acquire().map_err(|_| Error::Busy)?;
        let turn = Arc::clone(&self.turn).acquire_owned().await.map_err(|_| Error::Busy)?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        let done = tokio::task::spawn_blocking(move || {
            // Held by the work itself, because a dropped caller does not stop it.
            let _turn = turn;
            work()
        });
        done.await.map_err(|error| {
            tracing::error!(%error, "a password could not be checked");
            Error::PasswordUnchecked
        })
    }
}

fn verify(password: &str, hash: &str) -> Result<bool, Error> {
    let stored = PasswordHash::new(hash).map_err(|error| unchecked(&error))?;
    if stored.salt.is_none() || stored.hash.is_none() {
        // The verifier would return a wrong password.
        return Err(unchecked(&"the stored hash is incomplete"));
    }
    verdict(Argon2::default().verify_password(password.as_bytes(), &stored))
}

/// Returns whether the password is right. Only one error of the verifier is about the password.
fn verdict(verified: password_hash::Result<()>) -> Result<bool, Error> {
    match verified {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(unchecked(&error)),
    }
}

fn unchecked(error: &dyn std::fmt::Display) -> Error {
    tracing::error!(%error, "a password could not be checked");
    Error::PasswordUnchecked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_exact_password_is_right() {
        let passwords = Passwords::new().await.unwrap();
        let long = format!("{}🦀\0 ", "x".repeat(72));
        let hash = passwords.hash(long.clone()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(passwords.check(long.clone(), Some(hash.clone())).await.unwrap());
        for wrong in [long.trim_end(), &long[..72], "", &format!("{}y", &long[..72])] {
            assert!(!passwords.check(wrong.into(), Some(hash.clone())).await.unwrap(), "{wrong}");
        }
        assert!(!passwords.check(long, None).await.unwrap());
    }

    #[test]
    fn only_the_verifier_finds_a_password_wrong() {
        use password_hash::Error::{Algorithm, Internal, OutOfMemory, PasswordInvalid};
        for (verified, expected) in [
            (Ok(()), Some(true)),
            (Err(PasswordInvalid), Some(false)),
            (Err(OutOfMemory), None),
            (Err(Internal), None),
            (Err(Algorithm), None),
        ] {
            let found = verdict(verified);
            assert!(expected.is_some() || matches!(found, Err(Error::PasswordUnchecked)));
            assert_eq!(found.ok(), expected, "{verified:?}");
        }
    }

    #[tokio::test]
    async fn a_damaged_hash_is_an_error() {
        let passwords = Passwords::new().await.unwrap();
        let hash = passwords.hash("right".into()).await.unwrap();
        let without_digest = hash.rsplit_once('$').unwrap().0;
        for damaged in ["", "garbage", "$argon2id$", without_digest, "$scrypt$ln=16$c2FsdHNhbHQ"] {
            let found = passwords.check("right".into(), Some(damaged.into())).await;
            assert!(matches!(found, Err(Error::PasswordUnchecked)), "{damaged}: {found:?}");
        }
    }

    #[tokio::test]
    async fn callers_beyond_the_queue_get_busy() {
        let passwords = Passwords::new().await.unwrap();
        let callers: Vec<_> = (0..MAX_WAITING + 10)
            .map(|_| {
                let passwords = passwords.clone();
                tokio::spawn(async move { passwords.check("x".into(), None).await })
            })
            .collect();
        let mut busy = 0;
        for one in callers {
            busy += usize::from(matches!(one.await.unwrap(), Err(Error::Busy)));
        }
        assert_eq!(busy, 10);
    }
}
