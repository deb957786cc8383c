//! Tests of the list: what a refresh fetches, restarts, and lists that become forbidden.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use super::*;

#[test]
fn a_refresh_fetches_what_is_shown_and_what_is_new() {
    let id = |number: usize| Uuid::from_u128(number as u128);
    // shown, the newest of them, the newest and the number of those fetched so far, the next limit
    for (shown, newest, first, got, expected) in [
        (0, None, 0, 0, Some(50)),
        (0, None, 900, 50, None),
        (3, Some(3), 0, 0, Some(50)),
        (50, Some(500), 500, 50, None),
        (50, Some(500), 501, 50, Some(1)),
        (50, Some(500), 501, 51, None),
        (250, Some(500), 0, 0, Some(100)),
        (250, Some(500), 502, 100, Some(100)),
        (250, Some(500), 502, 200, Some(52)),
        (250, Some(500), 502, 252, None),
        (250, Some(500), 498, 250, None),
    ] {
        let ids: Vec<_> = (0..got).map(|at| id(first - at)).collect();
        let limit = missing(shown, 50, newest.map(id), &ids, got);
        assert_eq!(limit, expected, "{shown} {newest:?} {first} {got}");
    }
}

#[test]
fn a_restart_drops_the_requests_that_wait() {
    let owner = Owner::new();
    owner.set();
    let list = List::whole(vec![()], || async { Ok(vec![]) }.boxed_local());
    list.busy.set(true);
    list.request(Job::More);
    list.restart();
    assert_eq!(list.pending.get_value(), [Job::Refresh]);
}

#[test]
fn a_restart_that_failed_does_not_keep_the_old_cursor() {
    let owner = Owner::new();
    owner.set();
    let cursors = Arc::new(Mutex::new(Vec::new()));
    let (seen, fails) = (cursors.clone(), Arc::new(AtomicBool::new(true)));
    let failing = fails.clone();
    let first = Page { items: vec![Uuid::from_u128(1)], next: Some("old".into()), total: 2 };
    let list = List::paged(first, PAGE, Some(|it| *it), move |cursor, _| {
        seen.lock().unwrap().push(cursor);
        let failed = failing.load(Ordering::Relaxed);
        async move {
            if failed {
                Err(PageError::unreachable())
            } else {
                Ok(Page { items: vec![], next: None, total: 0 })
            }
        }
        .boxed_local()
    });
    let run = |job| list.load.run((*list, job)).now_or_never().unwrap();
    list.busy.set(true);
    list.restart();
    run(Job::Refresh).unwrap_err();
    fails.store(false, Ordering::Relaxed);
    run(Job::More).unwrap();
    assert_eq!(*cursors.lock().unwrap(), [None, None]);
}

#[test]
fn a_list_is_emptied_when_it_becomes_forbidden() {
    let owner = Owner::new();
    owner.set();
    for (code, kept) in [("forbidden", false), ("unavailable", true)] {
        let first = Page { items: vec![Uuid::from_u128(1)], next: Some("next".into()), total: 2 };
        let list = List::paged(first, PAGE, None, |_, _| {
            async { Err(PageError::unreachable()) }.boxed_local()
        });
        list.selection.replace(std::iter::once(Uuid::from_u128(1)));
        list.fail(PageError::new(code, "No."));
        assert_eq!(list.error.get_untracked().unwrap().code(), code);
        assert_eq!(list.items.get_untracked().len(), usize::from(kept), "{code}");
        assert_eq!(list.selected(|it| *it).len(), usize::from(kept), "{code}");
        assert_eq!(list.total.get_untracked(), if kept { 2 } else { 0 }, "{code}");
        assert_eq!(list.next.get_untracked().is_some(), kept, "{code}");
    }
}
