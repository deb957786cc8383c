//! Public form of a session: its row joined with the latest report of its process. Pure.

use chrono::{DateTime, Utc};
use protocol::{
    api::{ActiveClient, Doing, EndReason, Present, Session, SessionState},
    wire::{self, End, EndCause, Report},
};
use store::{Ending, SessionRow};

use crate::Error;

/// Returns the owner's view of a session. A final report applies before its row is updated.
pub(crate) fn session(row: &SessionRow, report: Option<&Report>) -> Session {
    let mut row = row.clone();
    let reported = report.and_then(|report| report.end.as_ref()).map(ending);
    if row.ending.is_none() {
        if let Some(report) = report {
            apply_report(&mut row, report);
        }
        row.ending = reported;
    }
    let ending = row.ending;
    let live = report.filter(|_| ending.is_none());
    Session {
        id: row.id,
        name: row.name,
        owner: row.owner_name,
        server: row.server,
        account: row.account,
        state: if ending.is_some() { SessionState::Ended } else { row.state },
        attach_policy: row.attach_policy,
        created_at: row.created_at,
        last_seen: row.last_seen,
        expires_at: live.map(|report| report.expires_at).filter(|at| *at > 0).map(time),
        bytes_buffered: live.map_or(0, |report| report.bytes_buffered),
        active_client: live.and_then(active_client),
        clients: live.map_or(0, |report| report.viewers),
        guests: live.map_or(0, |report| report.guests),
        present: live.map(present).unwrap_or_default(),
        wrong_passwords: 0,
        visitors: 0,
        title: row.title,
        foreground: live
            .map(|report| report.foreground.clone())
            .filter(|program| !program.is_empty()),
        cols: row.cols,
        rows: row.rows,
        ended_at: ending.as_ref().map(|ending| ending.at),
        end_reason: ending.as_ref().map(|ending| ending.reason),
        ended_by: ending.as_ref().and_then(|ending| ending.by.clone()),
        exit_code: ending.as_ref().and_then(|ending| ending.exit_code),
        exit_signal: ending.as_ref().and_then(|ending| ending.exit_signal),
        end_note: ending.and_then(|ending| ending.note),
    }
}

/// Removes the content of a session, which only its owner may see.
pub(crate) fn hide_content(session: &mut Session) {
    session.title.clear();
    session.foreground = None;
    session.present.clear();
}

/// Removes the content from an error for anyone but the owner.
pub(crate) fn without_content(mut error: Error) -> Error {
    if let Error::Ended(session) = &mut error {
        hide_content(session);
    }
    error
}

/// Returns the owner's client that drives a session, or drove it last.
pub(crate) fn active_client(report: &Report) -> Option<ActiveClient> {
    report.driver.as_ref().map(|driver| ActiveClient {
        who: driver.who.clone(),
        device: driver.device.clone(),
        since: time(driver.since),
    })
}

fn present(report: &Report) -> Vec<Present> {
    let one = |it: &wire::Present| {
        let person = it.person.clone().unwrap_or_default();
        Present {
            viewer: it.viewer,
            who: person.who,
            device: person.device,
            guest: !it.guest.is_empty(),
            doing: Doing::of(it.typing, it.driving, it.asking, it.overseeing),
        }
    };
    report.present.iter().map(one).collect()
}

/// Copies the lasting facts of a report into the row, because the process may be gone later.
pub(crate) fn apply_report(row: &mut SessionRow, report: &Report) {
    row.last_seen = time(report.last_seen).max(row.created_at);
    row.cols = u16::try_from(report.columns).unwrap_or(row.cols);
    row.rows = u16::try_from(report.rows).unwrap_or(row.rows);
    row.title.clone_from(&report.title);
}

pub(crate) fn ending(end: &End) -> Ending {
    Ending {
        at: time(end.at),
        reason: match end.cause() {
            EndCause::Exited => EndReason::Exited,
            EndCause::Closed => EndReason::Closed,
            EndCause::Expired => EndReason::Expired,
            EndCause::Dropped => EndReason::Dropped,
            EndCause::Lost => EndReason::Lost,
        },
        by: Some(end.by.clone()).filter(|by| !by.is_empty()),
        exit_code: end.code,
        exit_signal: end.signal,
        note: Some(end.note.clone()).filter(|note| !note.is_empty()),
    }
}

fn time(milliseconds: u64) -> DateTime<Utc> {
    i64::try_from(milliseconds).ok().and_then(DateTime::from_timestamp_millis).unwrap_or_default()
}
