//! PostgreSQL as the server's database: the tests of all that the database has a part in are run once
//! more, by this same program, each with a database of its own in one cluster.

use std::{fs, path::Path, process::Stdio};

use sea_orm::{ConnectionTrait, Database};
use tokio::process::Command;

#[path = "../../../crates/store/tests/support/mod.rs"]
mod support;

/// Says where databases can be made; without it a server has SQLite.
const CLUSTER: &str = "WEBSH_TEST_CLUSTER";

/// What is run again.
const AGAIN: [&str; 20] = [
    "account::",
    "command::",
    "command_attach::",
    "command_sessions::",
    "command_share::",
    "cut::",
    "dropping::",
    "governed::",
    "guests::",
    "lifetime::",
    "mail::",
    "matrix::",
    "operator::",
    "policies::",
    "security::",
    "sessions::",
    "sharing::",
    "sign_in::",
    "socket::",
    "tokens::",
];

/// What asks for SQLite by name.
const NOT_AGAIN: [&str; 2] = ["a_locked_database", "a_data_directory_has_one_server"];

#[expect(clippy::disallowed_methods, reason = "the tests that are run again are told so")]
fn cluster() -> Option<String> {
    std::env::var(CLUSTER).ok()
}

/// Whether tests are run with PostgreSQL.
pub fn in_use() -> bool {
    cluster().is_some()
}

/// Makes an empty database, if tests are run with PostgreSQL, and has a server in `data` use it.
pub async fn database(data: &Path) {
    let Some(cluster) = cluster() else { return };
    let name = format!("websh_{}", uuid::Uuid::new_v4().simple());
    let maker = Database::connect(&cluster).await.unwrap();
    maker.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    maker.close().await.unwrap();
    let url = cluster.replacen("/postgres?", &format!("/{name}?"), 1);
    fs::write(data.join("Leptos.toml"), format!("[websh]\ndatabase_url = \"{url}\"\n")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_all_works_on_postgres_too() {
    let cluster = support::Postgres::start();
    let run = Command::new(std::env::current_exe().unwrap())
        .args(AGAIN)
        .args(NOT_AGAIN.into_iter().flat_map(|name| ["--skip", name]))
        .env(CLUSTER, cluster.url())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = run.await.unwrap();
    // Whoever counts results finds this program's own line, not that of the one inside.
    let said = String::from_utf8_lossy(&output.stdout).replace("test result:", "of them:");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    for group in AGAIN {
        assert!(said.contains(&format!("test {group}")), "{group} has no tests:\n{said}");
    }
}
