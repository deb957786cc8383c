//! Sessions that nobody uses: when they expire, who is warned, what keeps them alive.

use protocol::{
    close,
    wire::{
        EndCause, KeepAlive, Notice, Presence, Rules, client_message::Body, ended::Cause, notice,
    },
};
use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{Client, Coming, World};

fn rules(keep_alive: KeepAlive, timeout: u32) -> Rules {
    Rules { keep_alive: keep_alive.into(), timeout, grace: 300, ..Rules::default() }
}

fn signal(process: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(process).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// The times that the owner was told; 0: not soon any more.
fn told(client: &Client) -> Vec<u64> {
    let times = client.notices.iter().filter_map(|notice| match notice {
        Notice { body: Some(notice::Body::Expiry(expiry)) } => Some(expiry.at),
        _ => None,
    });
    times.collect()
}

#[tokio::test]
async fn many_expire_and_none_of_them_early() {
    let world = World::new().await;
    let mut sessions = Vec::new();
    for n in 0..24 {
        let mut plan = world.plan("exec cat");
        plan.rules = rules(KeepAlive::Attached, 1 + n % 3);
        let id = plan.id;
        sessions.push((id, plan.rules.timeout, world.host.start(plan).await.unwrap()));
    }
    for (id, timeout, started) in sessions {
        let due = started.created_at + u64::from(timeout) * 1000;
        assert!(started.expires_at.abs_diff(due) < 1000, "{started:?}");
        world.until(id, |report| report.is_some_and(|report| report.end.is_some())).await;
        let end = world.host.report(id).unwrap().end.unwrap();
        assert_eq!(end.cause(), EndCause::Expired);
        assert!(end.at >= due, "{} ms early", due - end.at);
        assert!(end.at <= due + 5000, "{} ms late", end.at - due);
    }
}

#[tokio::test]
async fn a_page_that_is_looked_at_keeps_its_session_and_a_hidden_one_is_told() {
    let world = World::new().await;
    let (id, _) = world.start("exec cat").await;
    world.configure(id, Rules { grace: 0, ..rules(KeepAlive::Attached, 8) }).await;
    let mut page = world.attach(id).await;
    for round in 1..3 {
        page.until(|client| told(client).len() == 2 * round - 1).await;
        assert!(told(&page).last().is_some_and(|at| *at > 0), "warned");
        page.send(Body::Presence(Presence { visible: true, theme: None })).await;
        page.until(|client| told(client).len() == 2 * round).await;
        assert_eq!(told(&page).last(), Some(&0), "averted");
    }
    world.configure(id, Rules { grace: 0, ..rules(KeepAlive::Attached, 1) }).await;
    for _ in 0..2 {
        page.send(Body::Presence(Presence { visible: false, theme: None })).await;
    }
    page.until_over().await;
    assert_eq!(page.closed.as_ref().map(|(code, _)| *code), Some(close::IDLE));
    let ended = page.ended.and_then(|ended| ended.cause);
    assert!(matches!(ended, Some(Cause::Session(end)) if end.cause() == EndCause::Expired));
}

#[tokio::test]
async fn lowered_rules_leave_five_minutes_and_say_so() {
    let world = World::new().await;
    let (id, started) = world.start("exec cat").await;
    assert_eq!(started.expires_at, 0, "without a timeout it never expires");
    world.configure(id, rules(KeepAlive::Attached, 24 * 3600)).await;
    let mut page = world.attach(id).await;
    let mut chief = world.come(id, Coming { overseeing: true, ..Coming::default() }).await;
    let lowered = world.configure(id, rules(KeepAlive::Attached, 1)).await;
    let left = |report: &protocol::wire::Report| report.expires_at - report.last_seen;
    // The two times come from two clocks, each cut to its millisecond.
    assert!((299_990..400_000).contains(&left(&lowered)), "{}", left(&lowered));
    page.until(|client| told(client).len() == 1).await;
    assert!(told(&page)[0].abs_diff(lowered.expires_at) < 1000);
    // Keep and higher rules take it back; who oversees is not bothered with any of it.
    world.configure(id, rules(KeepAlive::Attached, 24 * 3600)).await;
    page.until(|client| told(client).len() == 2).await;
    assert_eq!(told(&page)[1], 0);
    let kept = world.host.keep(id).await.unwrap();
    assert!(left(&kept).abs_diff(24 * 3_600_000) < 1000, "{}", left(&kept));
    page.text("last").await;
    chief.until_shows("last").await;
    assert!(told(&chief).is_empty());
}

#[tokio::test]
async fn an_attach_at_the_last_instant_wins() {
    let world = World::new().await;
    let mut frozen = Vec::new();
    for _ in 0..2 {
        let mut plan = world.plan("exec cat");
        plan.rules = rules(KeepAlive::Input, 5);
        let id = plan.id;
        let report = world.host.start(plan).await.unwrap();
        signal(report.process, Signal::STOP);
        frozen.push((id, report.process));
    }
    // Once this one has expired, the time of the other two has passed as well.
    let mut plan = world.plan("exec cat");
    plan.rules = rules(KeepAlive::Input, 5);
    let id = plan.id;
    world.host.start(plan).await.unwrap();
    world.until(id, |report| report.is_some_and(|report| report.end.is_some())).await;
    let [(wanted, process), (forgotten, other)] = frozen[..] else { panic!("two sessions") };
    let awaken = async {
        signal(process, Signal::CONT);
        signal(other, Signal::CONT);
    };
    let (mut late, ()) = tokio::join!(world.attach(wanted), awaken);
    late.text("in time").await;
    late.until_shows("in time").await;
    world.until(forgotten, |report| report.is_some_and(|report| report.end.is_some())).await;
    assert!(world.host.report(wanted).unwrap().end.is_none());
}
