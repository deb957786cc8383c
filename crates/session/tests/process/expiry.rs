//! Expiry of unused sessions: deadlines, warnings and activity.

use protocol::{
    close,
    wire::{
        EndCause, KeepAlive, Notice, Presence, Rules, client_message::Body, ended::Cause, notice,
    },
};
use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{AttachOptions, Client, Harness};

fn rules(keep_alive: KeepAlive, timeout: u32) -> Rules {
    Rules { keep_alive: keep_alive.into(), timeout, grace: 300, ..Rules::default() }
}

fn signal(process: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(process).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// Times in the warnings to the owner, 0 for a cancelled one.
fn warnings(client: &Client) -> Vec<u64> {
    let times = client.notices.iter().filter_map(|notice| match notice {
        Notice { body: Some(notice::Body::Expiry(expiry)) } => Some(expiry.at),
        _ => None,
    });
    times.collect()
}

#[tokio::test]
async fn many_sessions_expire_on_time_and_none_early() {
    let harness = Harness::new().await;
    let mut sessions = Vec::new();
    for n in 0..24 {
        let mut plan = harness.plan("exec cat");
        plan.rules = rules(KeepAlive::Attached, 1 + n % 3);
        let id = plan.id;
        sessions.push((id, plan.rules.timeout, harness.host.start(plan).await.unwrap()));
    }
    for (id, timeout, started) in sessions {
        let due = started.created_at + u64::from(timeout) * 1000;
        assert!(started.expires_at.abs_diff(due) < 1000, "{started:?}");
        harness.until(id, |report| report.is_some_and(|report| report.end.is_some())).await;
        let end = harness.host.report(id).unwrap().end.unwrap();
        assert_eq!(end.cause(), EndCause::Expired);
        assert!(end.at >= due, "{} ms early", due - end.at);
        assert!(end.at <= due + 5000, "{} ms late", end.at - due);
    }
}

#[tokio::test]
async fn a_visible_page_keeps_its_session_and_a_hidden_one_is_warned() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("exec cat").await;
    harness.configure(id, Rules { grace: 0, ..rules(KeepAlive::Attached, 8) }).await;
    let mut page = harness.attach(id).await;
    for round in 1..3 {
        page.until(|client| warnings(client).len() == 2 * round - 1).await;
        assert!(warnings(&page).last().is_some_and(|at| *at > 0), "warned");
        page.send(Body::Presence(Presence { visible: true, theme: None })).await;
        page.until(|client| warnings(client).len() == 2 * round).await;
        assert_eq!(warnings(&page).last(), Some(&0), "averted");
    }
    harness.configure(id, Rules { grace: 0, ..rules(KeepAlive::Attached, 1) }).await;
    for _ in 0..2 {
        page.send(Body::Presence(Presence { visible: false, theme: None })).await;
    }
    page.until_closed().await;
    assert_eq!(page.closed.as_ref().map(|(code, _)| *code), Some(close::IDLE));
    let ended = page.ended.and_then(|ended| ended.cause);
    assert!(matches!(ended, Some(Cause::Session(end)) if end.cause() == EndCause::Expired));
}

#[tokio::test]
async fn lowered_limits_leave_five_minutes_and_send_a_warning() {
    let harness = Harness::new().await;
    let (id, started) = harness.start("exec cat").await;
    assert_eq!(started.expires_at, 0, "without a timeout it never expires");
    harness.configure(id, rules(KeepAlive::Attached, 24 * 3600)).await;
    let mut page = harness.attach(id).await;
    let mut overseer = harness
        .attach_with(id, AttachOptions { overseeing: true, ..AttachOptions::default() })
        .await;
    let lowered = harness.configure(id, rules(KeepAlive::Attached, 1)).await;
    let left = |report: &protocol::wire::Report| report.expires_at - report.last_seen;
    // The times are from two clocks, each truncated to milliseconds.
    assert!((299_990..400_000).contains(&left(&lowered)), "{}", left(&lowered));
    page.until(|client| warnings(client).len() == 1).await;
    assert!(warnings(&page)[0].abs_diff(lowered.expires_at) < 1000);
    // Keeping the session and raised limits cancel the warning. Overseers receive none.
    harness.configure(id, rules(KeepAlive::Attached, 24 * 3600)).await;
    page.until(|client| warnings(client).len() == 2).await;
    assert_eq!(warnings(&page)[1], 0);
    let kept = harness.host.keep(id).await.unwrap();
    assert!(left(&kept).abs_diff(24 * 3_600_000) < 1000, "{}", left(&kept));
    page.text("last").await;
    overseer.until_shows("last").await;
    assert!(warnings(&overseer).is_empty());
}

#[tokio::test]
async fn an_attach_at_the_deadline_prevents_the_expiry() {
    let harness = Harness::new().await;
    let mut frozen = Vec::new();
    for _ in 0..2 {
        let mut plan = harness.plan("exec cat");
        plan.rules = rules(KeepAlive::Input, 5);
        let id = plan.id;
        let report = harness.host.start(plan).await.unwrap();
        signal(report.process, Signal::STOP);
        frozen.push((id, report.process));
    }
    // After this one has expired, the deadline of the other two has passed too.
    let mut plan = harness.plan("exec cat");
    plan.rules = rules(KeepAlive::Input, 5);
    let id = plan.id;
    harness.host.start(plan).await.unwrap();
    harness.until(id, |report| report.is_some_and(|report| report.end.is_some())).await;
    let [(wanted, process), (forgotten, other)] = frozen[..] else { panic!("two sessions") };
    let awaken = async {
        signal(process, Signal::CONT);
        signal(other, Signal::CONT);
    };
    let (mut late, ()) = tokio::join!(harness.attach(wanted), awaken);
    late.text("in time").await;
    late.until_shows("in time").await;
    harness.until(forgotten, |report| report.is_some_and(|report| report.end.is_some())).await;
    assert!(harness.host.report(wanted).unwrap().end.is_none());
}
