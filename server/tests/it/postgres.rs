//! PostgreSQL as the server's database: runs the tests that use the database a second time, in this same
//! program, each with its own database in one cluster.

use std::process::Stdio;

use tokio::process::Command;

use crate::support::postgres::CLUSTER;

#[path = "../../../crates/store/tests/support/mod.rs"]
mod support;

/// Tests to run again.
const RERUN: [&str; 12] = [
    "commands::",
    "http::access_matrix::",
    "http::disclosure::",
    "identity::",
    "operator::",
    "sessions::attach_policies::",
    "sessions::events::",
    "sessions::eviction::",
    "sessions::expiry::",
    "sessions::lifecycle::",
    "sessions::socket::",
    "sharing::",
];

/// Tests that require SQLite.
const SQLITE_ONLY: [&str; 2] = ["a_locked_database", "a_data_directory_has_one_server"];

#[tokio::test(flavor = "multi_thread")]
async fn the_tests_pass_on_postgres_too() {
    let cluster = support::Postgres::start();
    let run = Command::new(std::env::current_exe().unwrap())
        .args(RERUN)
        .args(SQLITE_ONLY.into_iter().flat_map(|name| ["--skip", name]))
        .env(CLUSTER, cluster.url())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = run.await.unwrap();
    // Hides the inner run's summary from programs that count results.
    let printed = String::from_utf8_lossy(&output.stdout).replace("test result:", "of them:");
    assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));
    for group in RERUN {
        assert!(printed.contains(&format!("test {group}")), "{group} has no tests:\n{printed}");
    }
}
