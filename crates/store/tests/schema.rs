//! The migrations create the recorded schema. A change of a merged migration that changes the schema fails
//! here; a new migration records it again with WEBSH_RECORD=1.

#![expect(clippy::unwrap_used, reason = "a step that fails fails the test")]

mod support;

use std::{fs, path::Path};

use sea_orm::{ConnectionTrait, Database, Statement};
use store::Store;

const SQLITE: &str = "SELECT type || ' ' || name || ': ' || coalesce(sql, '')
    FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'";

const POSTGRES: &str = "
    SELECT 'column ' || table_name || '.' || column_name || ': ' || data_type
        || coalesce('(' || character_maximum_length || ')', '') || ' '
        || is_nullable || ' ' || coalesce(column_default, '')
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index: ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint ' || conrelid::regclass || '.' || conname || ': '
        || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'";

async fn compare(url: &str, query: &str, name: &str) {
    Store::open(url).await.unwrap();
    let db = Database::connect(url).await.unwrap();
    let query = Statement::from_string(db.get_database_backend(), query);
    let rows = db.query_all_raw(query).await.unwrap();
    let mut found: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    found.sort();
    let found = found.join("\n") + "\n";
    let path = Path::new("tests/schema").join(name);
    #[expect(clippy::disallowed_methods, reason = "set by a developer who records the schema")]
    if std::env::var_os("WEBSH_RECORD").is_some() {
        fs::write(&path, &found).unwrap();
    }
    assert_eq!(found, fs::read_to_string(path).unwrap());
}

#[tokio::test]
async fn migrations_create_the_recorded_schema_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", dir.path().join("websh.db").display());
    compare(&url, SQLITE, "sqlite.txt").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_create_the_recorded_schema_on_postgres() {
    let cluster = support::Postgres::start();
    compare(&cluster.url(), POSTGRES, "postgres.txt").await;
}
