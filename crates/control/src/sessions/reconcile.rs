//! Reconciliation of session rows with session processes, as one pure function.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use protocol::{
    api::{EndReason, SessionState},
    id::SessionId,
    wire::Report,
};
use store::{Ending, SessionRow};

use super::view;

/// One step of a reconciliation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The row is still `starting` but the process runs: the web process died in between.
    Activate(SessionId),
    /// The row is still `starting` and there is no process: the session was never visible.
    Remove(SessionId),
    /// The session has ended: end its row, then acknowledge its final report, if there is one.
    End(Box<SessionRow>, Ending),
    /// The row is lost, but the process was only unreachable: the session continues.
    Revive(SessionId),
    /// A final report without a running row.
    Acknowledge(SessionId),
    /// A process without a row.
    Stop(SessionId),
}

impl Step {
    pub(crate) fn session(&self) -> SessionId {
        match self {
            Self::Activate(id)
            | Self::Remove(id)
            | Self::Revive(id)
            | Self::Acknowledge(id)
            | Self::Stop(id) => *id,
            Self::End(row, _) => row.id,
        }
    }
}

/// Returns the sessions with a process or a final report, but without a running row. Their rows may have
/// ended as lost, so those are read before [`reconcile`].
pub(crate) fn without_row(
    rows: &[SessionRow],
    reports: &HashMap<SessionId, Report>,
    unsettled: &HashSet<SessionId>,
) -> Vec<SessionId> {
    let owned: HashSet<SessionId> = rows.iter().map(|row| row.id).collect();
    reports.keys().filter(|id| !owned.contains(id) && !unsettled.contains(id)).copied().collect()
}

/// Returns the steps for all reports, all running rows and the lost rows of [`without_row`]. `unsettled`
/// sessions are skipped: another task changes them, or they are too new.
pub(crate) fn reconcile(
    rows: &[SessionRow],
    reports: &HashMap<SessionId, Report>,
    unsettled: &HashSet<SessionId>,
    now: DateTime<Utc>,
) -> Vec<Step> {
    let mut steps = Vec::new();
    for row in rows.iter().filter(|row| !unsettled.contains(&row.id)) {
        let report = reports.get(&row.id);
        if row.state == SessionState::Ended {
            if report.is_none() {
                continue;
            }
            steps.push(Step::Revive(row.id));
        }
        match (report, row.state) {
            (Some(report), state) => match &report.end {
                Some(end) => {
                    let mut last = row.clone();
                    view::apply_report(&mut last, report);
                    steps.push(Step::End(Box::new(last), view::ending(end)));
                }
                None if state == SessionState::Starting => steps.push(Step::Activate(row.id)),
                None => {}
            },
            (None, SessionState::Starting) => steps.push(Step::Remove(row.id)),
            (None, _) => {
                let lost = Ending::new(now, EndReason::Lost);
                steps.push(Step::End(Box::new(row.clone()), lost));
            }
        }
    }
    for id in without_row(rows, reports, unsettled) {
        let over = reports.get(&id).is_some_and(|report| report.end.is_some());
        steps.push(if over { Step::Acknowledge(id) } else { Step::Stop(id) });
    }
    steps
}

#[cfg(test)]
mod tests {
    use protocol::wire::{End, EndCause};
    use store::samples;
    use uuid::Uuid;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn id(number: u128) -> SessionId {
        SessionId(Uuid::from_u128(number))
    }

    fn row(number: u128, state: SessionState) -> SessionRow {
        SessionRow { state, ..samples::session_row(number) }
    }

    fn alive() -> Report {
        Report { columns: 120, rows: 40, title: "vim".into(), last_seen: 5000, ..Report::default() }
    }

    fn exited() -> Report {
        let end = End { cause: EndCause::Exited.into(), code: Some(7), at: 9000, ..End::default() };
        Report { end: Some(end), ..alive() }
    }

    fn end(row: SessionRow, seconds: i64, reason: EndReason, exit_code: Option<i32>) -> Step {
        let at = DateTime::from_timestamp(seconds, 0).unwrap();
        Step::End(Box::new(row), Ending { exit_code, ..Ending::new(at, reason) })
    }

    fn last(state: SessionState) -> SessionRow {
        let last_seen = DateTime::from_timestamp(5, 0).unwrap();
        SessionRow { cols: 120, rows: 40, title: "vim".into(), last_seen, ..row(1, state) }
    }

    #[test]
    fn each_pair_of_row_and_report_has_its_steps() {
        use SessionState::*;
        let exit = |state| vec![end(last(state), 9, EndReason::Exited, Some(7))];
        let table = [
            (Some(Starting), None, vec![Step::Remove(id(1))]),
            (Some(Starting), Some(alive()), vec![Step::Activate(id(1))]),
            (Some(Starting), Some(exited()), exit(Starting)),
            (Some(Active), None, vec![end(row(1, Active), 0, EndReason::Lost, None)]),
            (Some(Active), Some(alive()), vec![]),
            (Some(Active), Some(exited()), exit(Active)),
            (Some(Ended), None, vec![]),
            (Some(Ended), Some(alive()), vec![Step::Revive(id(1))]),
            (Some(Ended), Some(exited()), [vec![Step::Revive(id(1))], exit(Ended)].concat()),
            (None, Some(alive()), vec![Step::Stop(id(1))]),
            (None, Some(exited()), vec![Step::Acknowledge(id(1))]),
            (None, None, vec![]),
        ];
        for (state, report, expected) in table {
            let rows: Vec<_> = state.map(|state| row(1, state)).into_iter().collect();
            let reports: HashMap<_, _> = report.map(|report| (id(1), report)).into_iter().collect();
            let found = reconcile(&rows, &reports, &HashSet::new(), NOW);
            assert_eq!(found, expected, "{state:?} {reports:?}");
            let unsettled = HashSet::from([id(1)]);
            assert_eq!(reconcile(&rows, &reports, &unsettled, NOW), [], "{state:?} unsettled");
        }
    }

    #[test]
    fn one_lost_session_does_not_affect_others() {
        let rows = [row(1, SessionState::Active), row(2, SessionState::Active)];
        let reports = HashMap::from([(id(2), alive())]);
        let steps = reconcile(&rows, &reports, &HashSet::new(), NOW);
        assert_eq!(steps, [end(rows[0].clone(), 0, EndReason::Lost, None)]);
    }
}
