//! Hashing and checking passwords: argon2id off the runtime's threads, few at a time.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::{Error, secret};

/// Hashes computed at once; each takes 19 MiB and a core.
const AT_ONCE: usize = 2;

/// Callers that may wait for their turn; more are told to come back.
const WAITING: usize = 64;

#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    turn: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    /// Stands in for the hash of members that do not exist, so that they take as long.
    nobody: Arc<str>,
}

impl Passwords {
    pub(crate) async fn new() -> Result<Self, Error> {
        let mut passwords = Self {
            turn: Arc::new(Semaphore::new(AT_ONCE)),
            queue: Arc::new(Semaphore::new(WAITING)),
            nobody: Arc::from(""),
        };
        passwords.nobody = passwords.hash(secret::new()).await?.into();
        Ok(passwords)
    }

    /// The PHC string of a password.
    pub(crate) async fn hash(&self, password: String) -> Result<String, Error> {
        self.work(move || {
            Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| {
            tracing::error!(%error, "a password could not be hashed");
            Error::Busy
        })
    }

    /// Whether a password has this PHC string; never when there is none.
    pub(crate) async fn check(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, Error> {
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        let right = self
            .work(move || {
                PasswordHash::new(&hash).is_ok_and(|hash| {
                    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
                })
            })
            .await?;
        Ok(right && exists)
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _place = self.queue.try_acquire().map_err(|_| Error::Busy)?;
        let turn = Arc::clone(&self.turn).acquire_owned().await.map_err(|_| Error::Busy)?;
        let done = tokio::task::spawn_blocking(move || {
            // Held by the work itself, so that a caller who goes away frees no turn early.
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| Error::Busy)
    }
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
        assert!(!passwords.check(long.clone(), Some("garbage".into())).await.unwrap());
        assert!(!passwords.check(long, None).await.unwrap());
    }

    #[tokio::test]
    async fn a_crowd_is_told_to_come_back() {
        let passwords = Passwords::new().await.unwrap();
        let crowd: Vec<_> = (0..WAITING + 10)
            .map(|_| {
                let passwords = passwords.clone();
                tokio::spawn(async move { passwords.check("x".into(), None).await })
            })
            .collect();
        let mut busy = 0;
        for one in crowd {
            busy += usize::from(matches!(one.await.unwrap(), Err(Error::Busy)));
        }
        assert_eq!(busy, 10);
    }
}
