//! Database files: permissions and errors.

#![expect(clippy::unwrap_used, reason = "a step that fails fails the test")]

use std::{fs, os::unix::fs::PermissionsExt};

use sea_orm::{ConnectionTrait, Database};
use store::{Error, Store};
use tokio::time::Instant;

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn only_the_owner_can_read_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data/websh.db");
    let store = Store::open_file(&path).await.unwrap();
    store.ping().await.unwrap();
    assert_eq!((mode(path.parent().unwrap()), mode(&path)), (0o700, 0o600));
    assert_eq!(mode(&path.with_extension("db-wal")), 0o600);
}

#[tokio::test]
async fn other_files_are_refused_and_left_unchanged() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("websh.db");
    let content = "this is a text file, not a database. ".repeat(100);
    fs::write(&path, &content).unwrap();
    let error = Store::open_file(&path).await.unwrap_err();
    assert!(matches!(&error, Error::Corrupt { path: named, .. } if *named == path), "{error:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), content);
}

#[tokio::test]
async fn a_damaged_database_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("websh.db");
    let store = Store::open_file(&path).await.unwrap();
    drop(store);
    let plain = format!("sqlite://{}", path.display());
    let db = Database::connect(&plain).await.unwrap();
    db.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    db.close().await.unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let page = bytes.len() / 3;
    bytes[page..2 * page].fill(0xa5);
    fs::write(&path, &bytes).unwrap();
    let error = Store::open_file(&path).await.unwrap_err();
    assert!(matches!(error, Error::Corrupt { .. }), "{error:?}");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("websh.db");
    drop(Store::open_file(&path).await.unwrap());
    let db = Database::connect(format!("sqlite://{}", path.display())).await.unwrap();
    db.execute_unprepared("INSERT INTO seaql_migrations VALUES ('m29990101_000001_later', 0)")
        .await
        .unwrap();
    let error = Store::open_file(&path).await.unwrap_err();
    assert!(matches!(&error, Error::Newer(v) if v == "m29990101_000001_later"), "{error:?}");
}

#[tokio::test]
async fn a_locked_database_fails_within_five_seconds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("websh.db");
    let store = Store::open_file(&path).await.unwrap();
    let other = Database::connect(format!("sqlite://{}", path.display())).await.unwrap();
    other.execute_unprepared("BEGIN EXCLUSIVE").await.unwrap();
    let before = Instant::now();
    let error = store.sign_ins.remove_expired(Default::default()).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    assert!(before.elapsed().as_secs_f32() < 5.5);
    other.execute_unprepared("ROLLBACK").await.unwrap();
    store.sign_ins.remove_expired(Default::default()).await.unwrap();
}

#[tokio::test]
async fn unusable_paths_and_urls_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let error = Store::open_file(dir.path()).await.unwrap_err();
    assert!(matches!(&error, Error::File { path, .. } if path == dir.path()), "{error:?}");
    for url in ["mysql://root:secret@db/websh", "websh.db", ""] {
        let error = Store::open(url).await.unwrap_err();
        assert!(matches!(error, Error::Url(_)), "{error:?}");
        assert!(!error.to_string().contains("secret"));
    }
}
