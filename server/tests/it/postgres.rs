//! PostgreSQL as the server's database: the tests of all that the database has a part in are run once
//! more, by this same program, each with a database of its own in one cluster.

use std::process::Stdio;

use tokio::process::Command;

use crate::support::postgres::CLUSTER;

#[path = "../../../crates/store/tests/support/mod.rs"]
mod support;

/// What is run again.
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

/// What asks for SQLite by name.
const SQLITE_ONLY: [&str; 2] = ["a_locked_database", "a_data_directory_has_one_server"];

#[tokio::test(flavor = "multi_thread")]
async fn it_all_works_on_postgres_too() {
    let cluster = support::Postgres::start();
    let run = Command::new(std::env::current_exe().unwrap())
        .args(RERUN)
        .args(SQLITE_ONLY.into_iter().flat_map(|name| ["--skip", name]))
        .env(CLUSTER, cluster.url())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = run.await.unwrap();
    // Whoever counts results finds this program's own line, not that of the one inside.
    let said = String::from_utf8_lossy(&output.stdout).replace("test result:", "of them:");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    for group in RERUN {
        assert!(said.contains(&format!("test {group}")), "{group} has no tests:\n{said}");
    }
}
