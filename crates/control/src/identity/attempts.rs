//! Limits on attempts to enter a member's password. A device on which the member signed in before has
//! its own limit, and so has each sign-in for entering the password again: strangers cannot use these up.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{
    Error,
    throttle::{Network, Permit, Throttle, reserve_both},
};

/// Limits on attempts.
pub(crate) struct Attempts {
    by_account: Throttle<String>,
    by_source: Throttle<Network>,
    /// By the hash of the device's cookie.
    by_device: Throttle<[u8; 32]>,
    by_sign_in: Throttle<Uuid>,
}

/// Permits of one attempt, used up unless they are refunded.
#[must_use = "a permit is reserved for work"]
pub(crate) enum Attempt {
    Stranger(Permit<Network>, Permit<String>),
    KnownDevice(Permit<[u8; 32]>),
    Confirmation(Permit<Uuid>),
}

impl Attempts {
    pub(crate) fn new() -> Self {
        let ten = TimeDelta::seconds(60);
        Self {
            by_account: Throttle::new(10, ten),
            by_source: Throttle::new(30, TimeDelta::seconds(10)),
            by_device: Throttle::new(10, ten),
            by_sign_in: Throttle::new(10, ten),
        }
    }

    /// Reserves a sign-in. `device` is the hash of the cookie of a device known for this member.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Busy`].
    pub(crate) async fn sign_in(
        &self,
        email: &str,
        source: IpAddr,
        device: Option<[u8; 32]>,
        now: DateTime<Utc>,
    ) -> Result<Attempt, Error> {
        if let Some(device) = device {
            return Ok(Attempt::KnownDevice(self.by_device.reserve(device, now).await?));
        }
        let source = (&self.by_source, source.into());
        let account = (&self.by_account, email.to_owned());
        let (source, account) = reserve_both(source, account, now).await?;
        Ok(Attempt::Stranger(source, account))
    }

    /// Reserves an entry of the password by a signed-in member.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Busy`].
    pub(crate) async fn confirmation(
        &self,
        sign_in: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Attempt, Error> {
        Ok(Attempt::Confirmation(self.by_sign_in.reserve(sign_in, now).await?))
    }
}

impl Attempt {
    /// Returns the permits unless the password was wrong.
    pub(crate) fn settle<T>(self, checked: &Result<T, Error>) {
        if matches!(checked, Err(Error::InvalidCredentials)) {
            return;
        }
        match self {
            Self::Stranger(source, account) => {
                source.refund();
                account.refund();
            }
            Self::KnownDevice(device) => device.refund(),
            Self::Confirmation(sign_in) => sign_in.refund(),
        }
    }
}
