//! Rules of shares: their terms, their state, and the admission of guests. Pure.

use chrono::{DateTime, TimeDelta, Utc};
use protocol::api::{
    GuestEnd, Minutes, NewShare, ShareReadOnly, ShareState, WorkspaceSettings,
    limits::{DEFAULT_SHARE_GUESTS, SHARE_MINUTES},
};
use store::ShareRow;

use crate::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) duration: TimeDelta,
    pub(crate) read_only: bool,
    pub(crate) max_guests: u32,
    pub(crate) guests_alone: bool,
}

/// Returns the terms of a requested share. `last` is the actor's last choice of read-only.
pub(crate) fn terms(
    settings: &WorkspaceSettings,
    new: &NewShare,
    last: Option<bool>,
) -> Result<Terms, Error> {
    if !settings.sharing_enabled {
        return Err(Error::SharingDisabled);
    }
    let duration = duration(settings, new.minutes)?;
    let most = settings.share_max_guests;
    let max_guests = new.max_guests.unwrap_or(DEFAULT_SHARE_GUESTS.min(most));
    if !(1..=most).contains(&max_guests) {
        return Err(Error::invalid("max_guests", format!("Choose 1 to {most} guests.")));
    }
    Ok(Terms {
        duration,
        read_only: read_only(settings, new.read_only.unwrap_or(default_read_only(settings, last)))?,
        max_guests,
        guests_alone: new.guests_alone.unwrap_or(false),
    })
}

/// Returns the duration of a share from now on.
pub(crate) fn duration(settings: &WorkspaceSettings, minutes: Minutes) -> Result<TimeDelta, Error> {
    let longest = settings.share_max_minutes.min(*SHARE_MINUTES.end());
    match minutes.0 {
        Some(minutes) if (*SHARE_MINUTES.start()..=longest).contains(&minutes) => {
            Ok(TimeDelta::minutes(minutes.into()))
        }
        _ => {
            let message = format!("Choose {} to {longest} minutes.", SHARE_MINUTES.start());
            Err(Error::invalid("minutes", message))
        }
    }
}

/// Returns the duration of a renewed share: the previous one, within the current limits.
pub(crate) fn renewed_duration(settings: &WorkspaceSettings, before: TimeDelta) -> Minutes {
    let longest = settings.share_max_minutes.min(*SHARE_MINUTES.end());
    let minutes = u32::try_from(before.num_minutes()).unwrap_or(longest);
    Minutes(Some(minutes.clamp(*SHARE_MINUTES.start(), longest)))
}

pub(crate) fn read_only(settings: &WorkspaceSettings, choice: bool) -> Result<bool, Error> {
    if !choice && settings.share_read_only == ShareReadOnly::Forced {
        let message = "This workspace allows read-only shares only.";
        return Err(Error::invalid("read_only", message));
    }
    Ok(choice)
}

pub(crate) fn default_read_only(settings: &WorkspaceSettings, last: Option<bool>) -> bool {
    match settings.share_read_only {
        ShareReadOnly::Chosen => last.unwrap_or(false),
        ShareReadOnly::Preset | ShareReadOnly::Forced => true,
    }
}

/// Returns the state of a share. An expired one may not be recorded as such yet.
pub(crate) fn state(row: &ShareRow, now: DateTime<Utc>) -> ShareState {
    match row.share.state {
        ShareState::Active if row.share.expires_at <= now => ShareState::Expired,
        state => state,
    }
}

/// Decides on the admission of a guest, given whether their password is right. A revoked share is treated
/// as an unknown one. That a share has ended is revealed only with the right password.
pub(crate) fn admit(
    row: Option<&ShareRow>,
    right: bool,
    now: DateTime<Utc>,
) -> Result<&ShareRow, Error> {
    let row = row.filter(|_| right).ok_or(Error::ShareDenied)?;
    match state(row, now) {
        ShareState::Active => Ok(row),
        ShareState::Expired => Err(Error::ShareOver(GuestEnd::Expired)),
        ShareState::SessionEnded => Err(Error::ShareOver(GuestEnd::SessionEnded)),
        ShareState::Revoked | ShareState::Void => Err(Error::ShareDenied),
    }
}

/// Returns the reason for guests that a share has ended.
pub(crate) fn guest_end(state: ShareState) -> Option<GuestEnd> {
    match state {
        ShareState::Active => None,
        ShareState::Expired => Some(GuestEnd::Expired),
        ShareState::SessionEnded => Some(GuestEnd::SessionEnded),
        ShareState::Revoked | ShareState::Void => Some(GuestEnd::Revoked),
    }
}

pub(crate) fn milliseconds(at: DateTime<Utc>) -> u64 {
    u64::try_from(at.timestamp_millis()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use protocol::{
        api::{Share, samples},
        id::{MemberId, SessionId},
    };
    use uuid::Uuid;

    use super::*;

    fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
        result.unwrap_err().code()
    }

    #[test]
    fn durations_are_bounded() {
        let limited = WorkspaceSettings { share_max_minutes: 60, ..WorkspaceSettings::default() };
        let default = WorkspaceSettings::default();
        for (settings, minutes, good) in [
            (&default, Some(4), false),
            (&default, Some(5), true),
            (&default, Some(180), true),
            (&default, Some(181), false),
            (&default, None, false),
            (&limited, Some(60), true),
            (&limited, Some(61), false),
        ] {
            let found = duration(settings, Minutes(minutes));
            assert_eq!(found.is_ok(), good, "{minutes:?}");
            match found {
                Ok(duration) => assert_eq!(Some(duration.num_minutes()), minutes.map(i64::from)),
                Err(error) => assert_eq!(error.code(), "invalid_expiry"),
            }
        }
        for (before, minutes) in [(1, 5), (30, 30), (60, 60), (61, 60), (500, 60)] {
            assert_eq!(
                renewed_duration(&limited, TimeDelta::minutes(before)),
                Minutes(Some(minutes))
            );
        }
    }

    #[test]
    fn read_only_is_chosen_preset_or_forced() {
        use ShareReadOnly::{Chosen, Forced, Preset};
        // rule, choice, last choice, result
        for (rule, choice, last, expected) in [
            (Chosen, None, None, Some(false)),
            (Chosen, None, Some(true), Some(true)),
            (Chosen, Some(false), Some(true), Some(false)),
            (Preset, None, Some(false), Some(true)),
            (Preset, Some(false), None, Some(false)),
            (Forced, None, None, Some(true)),
            (Forced, Some(true), None, Some(true)),
            (Forced, Some(false), None, None),
        ] {
            let settings =
                WorkspaceSettings { share_read_only: rule, ..WorkspaceSettings::default() };
            let new = NewShare { minutes: 30.into(), read_only: choice, ..NewShare::default() };
            match (terms(&settings, &new, last), expected) {
                (Ok(terms), Some(expected)) => assert_eq!(terms.read_only, expected, "{new:?}"),
                (found, None) => assert_eq!(code(found), "invalid_read_only"),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn the_workspace_limits_guests() {
        for (most, requested, expected) in [
            (50, None, Some(20)),
            (10, None, Some(10)),
            (50, Some(50), Some(50)),
            (50, Some(51), None),
            (50, Some(0), None),
            (50, Some(1), Some(1)),
        ] {
            let settings =
                WorkspaceSettings { share_max_guests: most, ..WorkspaceSettings::default() };
            let new = NewShare { minutes: 30.into(), max_guests: requested, ..NewShare::default() };
            let found = terms(&settings, &new, None).map(|terms| terms.max_guests);
            assert_eq!(found.ok(), expected, "{most} {requested:?}");
        }
        let off = WorkspaceSettings { sharing_enabled: false, ..WorkspaceSettings::default() };
        let new = NewShare { minutes: 30.into(), ..NewShare::default() };
        assert_eq!(code(terms(&off, &new, None)), "sharing_disabled");
    }

    #[test]
    fn only_the_right_password_reveals_anything() {
        let now = DateTime::UNIX_EPOCH;
        let row = |state, minutes| ShareRow {
            share: Share {
                state,
                expires_at: now + TimeDelta::minutes(minutes),
                ..samples::share()
            },
            session: SessionId(Uuid::nil()),
            by: MemberId(Uuid::nil()),
            password_hash: String::new(),
        };
        // state, minutes left, error with the right password
        for (state, minutes, expected) in [
            (ShareState::Active, 1, None),
            (ShareState::Active, 0, Some("share_expired")),
            (ShareState::Expired, -1, Some("share_expired")),
            (ShareState::SessionEnded, 1, Some("session_ended")),
            (ShareState::Revoked, 1, Some("share_denied")),
            (ShareState::Revoked, -1, Some("share_denied")),
            (ShareState::Void, 1, Some("share_denied")),
        ] {
            let row = row(state, minutes);
            let found = admit(Some(&row), true, now).err().map(|error| error.code());
            assert_eq!(found.as_deref(), expected, "{state:?}");
            assert_eq!(code(admit(Some(&row), false, now)), "share_denied");
        }
        assert_eq!(code(admit(None, true, now)), "share_denied");
    }
}
