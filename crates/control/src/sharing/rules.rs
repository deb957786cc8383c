//! What may be shared and how, and whom a share lets in. Pure.

use chrono::{DateTime, TimeDelta, Utc};
use protocol::api::{
    GuestEnd, Minutes, NewShare, ShareReadOnly, ShareState, WorkspaceSettings,
    limits::{DEFAULT_SHARE_GUESTS, SHARE_MINUTES},
};
use store::ShareRow;

use crate::Error;

/// What a new share is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) lasts: TimeDelta,
    pub(crate) read_only: bool,
    pub(crate) max_guests: u32,
    pub(crate) guests_alone: bool,
}

/// What a share becomes that somebody wants; `last` is what they last chose for read-only.
pub(crate) fn terms(
    settings: &WorkspaceSettings,
    wanted: &NewShare,
    last: Option<bool>,
) -> Result<Terms, Error> {
    if !settings.sharing_enabled {
        return Err(Error::SharingDisabled);
    }
    let lasts = length(settings, wanted.minutes)?;
    let most = settings.share_max_guests;
    let max_guests = wanted.max_guests.unwrap_or(DEFAULT_SHARE_GUESTS.min(most));
    if !(1..=most).contains(&max_guests) {
        return Err(Error::invalid("max_guests", format!("A share takes 1 to {most} guests.")));
    }
    Ok(Terms {
        lasts,
        read_only: read_only(
            settings,
            wanted.read_only.unwrap_or(starts_read_only(settings, last)),
        )?,
        max_guests,
        guests_alone: wanted.guests_alone.unwrap_or(false),
    })
}

/// How long a share lasts from now on.
pub(crate) fn length(settings: &WorkspaceSettings, minutes: Minutes) -> Result<TimeDelta, Error> {
    let longest = settings.share_max_minutes.min(*SHARE_MINUTES.end());
    match minutes.0 {
        Some(minutes) if (*SHARE_MINUTES.start()..=longest).contains(&minutes) => {
            Ok(TimeDelta::minutes(minutes.into()))
        }
        _ => {
            let said = format!("A share lasts {} to {longest} minutes.", SHARE_MINUTES.start());
            Err(Error::invalid("minutes", said))
        }
    }
}

/// The time of a share that is made anew: as long as the one before, as far as that is allowed now.
pub(crate) fn again(settings: &WorkspaceSettings, before: TimeDelta) -> Minutes {
    let longest = settings.share_max_minutes.min(*SHARE_MINUTES.end());
    let minutes = u32::try_from(before.num_minutes()).unwrap_or(longest);
    Minutes(Some(minutes.clamp(*SHARE_MINUTES.start(), longest)))
}

/// Whether a share may be as somebody wants it.
pub(crate) fn read_only(settings: &WorkspaceSettings, wanted: bool) -> Result<bool, Error> {
    if !wanted && settings.share_read_only == ShareReadOnly::Forced {
        let said = "Sessions of this workspace are shared read-only.";
        return Err(Error::invalid("read_only", said));
    }
    Ok(wanted)
}

/// What read-only is where nobody says.
pub(crate) fn starts_read_only(settings: &WorkspaceSettings, last: Option<bool>) -> bool {
    match settings.share_read_only {
        ShareReadOnly::Chosen => last.unwrap_or(false),
        ShareReadOnly::Preset | ShareReadOnly::Forced => true,
    }
}

/// Where a share is in its life, whether its end was written down or not.
pub(crate) fn state(row: &ShareRow, now: DateTime<Utc>) -> ShareState {
    match row.share.state {
        ShareState::Active if row.share.expires_at <= now => ShareState::Expired,
        state => state,
    }
}

/// Whether whoever shows the right password (or not) may come in. A share that was taken back is as if
/// it had never been; that one is over is for those to know who could come in before.
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

/// What the guests of a share are told that is over.
pub(crate) fn over(state: ShareState) -> Option<GuestEnd> {
    match state {
        ShareState::Active => None,
        ShareState::Expired => Some(GuestEnd::Expired),
        ShareState::SessionEnded => Some(GuestEnd::SessionEnded),
        ShareState::Revoked | ShareState::Void => Some(GuestEnd::Revoked),
    }
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
        result.unwrap_err().code().into_owned()
    }

    #[test]
    fn lengths() {
        let short = WorkspaceSettings { share_max_minutes: 60, ..WorkspaceSettings::default() };
        let free = WorkspaceSettings::default();
        for (settings, minutes, good) in [
            (&free, Some(4), false),
            (&free, Some(5), true),
            (&free, Some(180), true),
            (&free, Some(181), false),
            (&free, None, false),
            (&short, Some(60), true),
            (&short, Some(61), false),
        ] {
            let found = length(settings, Minutes(minutes));
            assert_eq!(found.is_ok(), good, "{minutes:?}");
            match found {
                Ok(lasts) => assert_eq!(Some(lasts.num_minutes()), minutes.map(i64::from)),
                Err(error) => assert_eq!(error.code(), "invalid_expiry"),
            }
        }
        for (before, minutes) in [(1, 5), (30, 30), (60, 60), (61, 60), (500, 60)] {
            assert_eq!(again(&short, TimeDelta::minutes(before)), Minutes(Some(minutes)));
        }
    }

    #[test]
    fn read_only_is_chosen_preset_or_forced() {
        use ShareReadOnly::{Chosen, Forced, Preset};
        // rule, what is wanted, what was chosen last, what it becomes
        for (rule, wanted, last, expected) in [
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
            let new = NewShare { minutes: 30.into(), read_only: wanted, ..NewShare::default() };
            match (terms(&settings, &new, last), expected) {
                (Ok(terms), Some(expected)) => assert_eq!(terms.read_only, expected, "{new:?}"),
                (found, None) => assert_eq!(code(found), "invalid_read_only"),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn guests_are_bounded_by_the_workspace() {
        for (most, wanted, expected) in [
            (50, None, Some(20)),
            (10, None, Some(10)),
            (50, Some(50), Some(50)),
            (50, Some(51), None),
            (50, Some(0), None),
            (50, Some(1), Some(1)),
        ] {
            let settings =
                WorkspaceSettings { share_max_guests: most, ..WorkspaceSettings::default() };
            let new = NewShare { minutes: 30.into(), max_guests: wanted, ..NewShare::default() };
            let found = terms(&settings, &new, None).map(|terms| terms.max_guests);
            assert_eq!(found.ok(), expected, "{most} {wanted:?}");
        }
        let off = WorkspaceSettings { sharing_enabled: false, ..WorkspaceSettings::default() };
        let new = NewShare { minutes: 30.into(), ..NewShare::default() };
        assert_eq!(code(terms(&off, &new, None)), "sharing_disabled");
    }

    #[test]
    fn only_the_right_password_tells_anything() {
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
        // state, minutes left, what the right password is told
        for (state, minutes, told) in [
            (ShareState::Active, 1, None),
            (ShareState::Active, 0, Some("share_expired")),
            (ShareState::Expired, -1, Some("share_expired")),
            (ShareState::SessionEnded, 1, Some("session_ended")),
            (ShareState::Revoked, 1, Some("share_denied")),
            (ShareState::Revoked, -1, Some("share_denied")),
            (ShareState::Void, 1, Some("share_denied")),
        ] {
            let row = row(state, minutes);
            let found = admit(Some(&row), true, now).err().map(|error| error.code().into_owned());
            assert_eq!(found.as_deref(), told, "{state:?}");
            assert_eq!(code(admit(Some(&row), false, now)), "share_denied");
        }
        assert_eq!(code(admit(None, true, now)), "share_denied");
    }
}
