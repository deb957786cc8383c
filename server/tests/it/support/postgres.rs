//! PostgreSQL as the server's database, when the tests run with a cluster.

use std::{fs, path::Path};

use sea_orm::{ConnectionTrait, Database};

/// Variable with the URL of the cluster; without it, servers use SQLite.
pub const CLUSTER: &str = "WEBSH_TEST_CLUSTER";

#[expect(clippy::disallowed_methods, reason = "the outer test run sets it")]
fn cluster() -> Option<String> {
    std::env::var(CLUSTER).ok()
}

/// Returns whether the tests run with PostgreSQL.
pub fn in_use() -> bool {
    cluster().is_some()
}

/// Creates an empty database for a server in `data`, if the tests run with PostgreSQL.
pub async fn database(data: &Path) {
    let Some(cluster) = cluster() else { return };
    let name = format!("websh_{}", uuid::Uuid::new_v4().simple());
    let connection = Database::connect(&cluster).await.unwrap();
    connection.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    connection.close().await.unwrap();
    let url = cluster.replacen("/postgres?", &format!("/{name}?"), 1);
    fs::write(data.join("Leptos.toml"), format!("[websh]\ndatabase_url = \"{url}\"\n")).unwrap();
}
