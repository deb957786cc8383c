//! Filtering, sorting and paging of the list of all sessions. Pure.

use chrono::{DateTime, TimeDelta, Utc};
use protocol::{
    api::{AdminFilter, AdminSession, AdminSessionPage, AdminSort},
    id::SessionId,
};

use crate::Error;

/// Returns one page of the matching sessions, in an order without ties. The cursor names the last item and
/// its index, so that paging continues at the right position while the list changes.
pub(crate) fn page(
    mut all: Vec<AdminSession>,
    filter: &AdminFilter,
    sort: AdminSort,
    limit: usize,
    cursor: Option<&str>,
    now: DateTime<Utc>,
) -> Result<AdminSessionPage, Error> {
    let after = cursor.map(read_cursor).transpose()?;
    all.retain(|item| matches(item, filter, now));
    order(&mut all, sort);
    let start = after.map_or(0, |(index, last)| {
        all.iter().position(|item| item.session.id == last).map_or(index, |found| found + 1)
    });
    let total = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let end = start.saturating_add(limit).min(all.len());
    let items: Vec<AdminSession> = all.drain(start.min(end)..end).collect();
    let more = total as usize > end;
    let next = items.last().filter(|_| more).map(|last| format!("{end}.{}", last.session.id));
    Ok(AdminSessionPage { items, next, total })
}

pub(crate) fn matches(item: &AdminSession, filter: &AdminFilter, now: DateTime<Utc>) -> bool {
    let session = &item.session;
    let contains = |text: &str, part: &str| text.to_lowercase().contains(part);
    let by_text = filter.q.as_deref().map(|q| q.trim().to_lowercase()).is_none_or(|q| {
        [&session.name, &session.owner, &item.owner_email, &session.account]
            .into_iter()
            .any(|text| contains(text, &q))
            || contains(&session.id.to_string(), &q)
    });
    let same = |filter: &Option<String>, value: &str| {
        filter.as_deref().is_none_or(|filter| filter == value)
    };
    by_text
        && filter.owner.as_deref().is_none_or(|owner| owner.eq_ignore_ascii_case(&item.owner_email))
        && same(&filter.server, &session.server)
        && same(&filter.account, &session.account)
        && filter
            .idle_minutes
            .is_none_or(|minutes| now - session.last_seen >= TimeDelta::minutes(minutes.into()))
        && filter.attached.is_none_or(|attached| attached == (session.clients + session.guests > 0))
}

fn order(all: &mut [AdminSession], sort: AdminSort) {
    // Ids increase with time: the newest comes first among equals.
    all.sort_by(|a, b| {
        let (left, right) = (&a.session, &b.session);
        let first = match sort {
            AdminSort::CreatedAt => right.created_at.cmp(&left.created_at),
            AdminSort::LastSeen => left.last_seen.cmp(&right.last_seen),
            AdminSort::BytesBuffered => right.bytes_buffered.cmp(&left.bytes_buffered),
            AdminSort::Memory => b.memory_bytes.cmp(&a.memory_bytes),
            AdminSort::Cpu => b.cpu_permille.cmp(&a.cpu_permille),
            AdminSort::Owner => left.owner.to_lowercase().cmp(&right.owner.to_lowercase()),
            AdminSort::Name => left.name.to_lowercase().cmp(&right.name.to_lowercase()),
        };
        first.then_with(|| right.id.0.cmp(&left.id.0))
    });
}

fn read_cursor(cursor: &str) -> Result<(usize, SessionId), Error> {
    cursor
        .split_once('.')
        .and_then(|(index, last)| Some((index.parse().ok()?, last.parse().ok()?)))
        .ok_or_else(|| Error::invalid("cursor", "Invalid cursor. Start from the first page."))
}

#[cfg(test)]
mod tests {
    use protocol::api::{Session, samples};

    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    /// Session `number`, created at that minute. Its other values decrease as the number increases.
    fn session(number: u8, owner: &str, account: &str, clients: u32) -> AdminSession {
        let falling = 100 - u64::from(number);
        AdminSession {
            session: Session {
                name: format!("Build {}", falling),
                owner: owner.to_owned(),
                account: account.into(),
                created_at: at(number.into()),
                last_seen: at(i64::from(number) + 1),
                bytes_buffered: falling,
                clients,
                ..samples::session(number.into())
            },
            owner_email: format!("{owner}@example.org").to_lowercase(),
            cpu_permille: (number != 2).then_some(u32::from(number)),
            memory_bytes: Some(falling),
            processes: Some(2),
            ..samples::admin_session(1)
        }
    }

    fn all() -> Vec<AdminSession> {
        vec![
            session(2, "Ann", "ann", 0),
            session(1, "Bob", "root", 1),
            session(3, "Ann", "root", 2),
        ]
    }

    fn numbers(page: &AdminSessionPage) -> Vec<u128> {
        page.items.iter().map(|item| item.session.id.0.as_u128()).collect()
    }

    #[test]
    fn absent_filters_do_not_restrict() {
        let none = AdminFilter::default();
        let some = |text: &str| Some(text.to_owned());
        let table = [
            (none.clone(), vec![3, 2, 1]),
            (AdminFilter { q: some(" bUiLd 9"), ..none.clone() }, vec![3, 2, 1]),
            (AdminFilter { q: some("98"), ..none.clone() }, vec![2]),
            (AdminFilter { q: some("bob@"), ..none.clone() }, vec![1]),
            (AdminFilter { q: some("ROOT"), ..none.clone() }, vec![3, 1]),
            (AdminFilter { q: some("0000-000000000003"), ..none.clone() }, vec![3]),
            (AdminFilter { q: some("nothing"), ..none.clone() }, vec![]),
            (AdminFilter { owner: some("Ann@Example.org"), ..none.clone() }, vec![3, 2]),
            (AdminFilter { owner: some("ann"), ..none.clone() }, vec![]),
            (AdminFilter { server: some("local"), ..none.clone() }, vec![3, 2, 1]),
            (AdminFilter { server: some("moon"), ..none.clone() }, vec![]),
            (AdminFilter { account: some("root"), ..none.clone() }, vec![3, 1]),
            (AdminFilter { idle_minutes: Some(7), ..none.clone() }, vec![2, 1]),
            (AdminFilter { attached: Some(true), ..none.clone() }, vec![3, 1]),
            (AdminFilter { attached: Some(false), ..none.clone() }, vec![2]),
            (
                AdminFilter { account: some("root"), owner: some("ann@example.org"), ..none },
                vec![3],
            ),
        ];
        for (filter, expected) in table {
            let found = page(all(), &filter, AdminSort::CreatedAt, 9, None, at(10)).unwrap();
            assert_eq!(numbers(&found), expected, "{filter:?}");
            assert_eq!(found.total as usize, expected.len());
        }
    }

    #[test]
    fn sort_orders() {
        for (sort, expected) in [
            (AdminSort::CreatedAt, [3, 2, 1]),
            (AdminSort::LastSeen, [1, 2, 3]),
            (AdminSort::BytesBuffered, [1, 2, 3]),
            (AdminSort::Memory, [1, 2, 3]),
            (AdminSort::Cpu, [3, 1, 2]),
            (AdminSort::Owner, [3, 2, 1]),
            (AdminSort::Name, [3, 2, 1]),
        ] {
            let found = page(all(), &AdminFilter::default(), sort, 9, None, at(10)).unwrap();
            assert_eq!(numbers(&found), expected, "{sort:?}");
        }
    }

    #[test]
    fn paging_continues_while_the_list_changes() {
        let turn = |list: Vec<AdminSession>, cursor: Option<&str>| {
            page(list, &AdminFilter::default(), AdminSort::CreatedAt, 2, cursor, at(10)).unwrap()
        };
        let first = turn(all(), None);
        assert_eq!((numbers(&first), first.total), (vec![3, 2], 3));
        let next = first.next.unwrap();
        let second = turn(all(), Some(&next));
        assert_eq!((numbers(&second), second.next), (vec![1], None));
        // A newer session was added: no item is repeated.
        let more = [all(), vec![session(4, "Ann", "ann", 0)]].concat();
        assert_eq!(numbers(&turn(more, Some(&next))), [1]);
        // The last item is gone: paging continues at its index.
        let fewer = all().into_iter().filter(|item| item.session.id.0.as_u128() != 2).collect();
        assert_eq!(numbers(&turn(fewer, Some(&next))), []);
        assert_eq!(numbers(&turn(vec![], Some(&next))), []);
        for bad in ["", "1", "x.y", "1.2"] {
            assert!(
                page(all(), &AdminFilter::default(), AdminSort::Name, 2, Some(bad), at(0)).is_err()
            );
        }
    }
}
