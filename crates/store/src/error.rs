//! Errors of the database, distinguished as far as callers handle them differently.

use std::path::PathBuf;

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// Error of a query.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the sentences describe the errors")]
pub enum Error {
    /// The database is locked, unreachable or too slow. A later attempt may succeed.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The disk of the database, or its quota, is full.
    #[error("the disk of the database is full: {0}")]
    Full(String),
    #[error("an entry with this value already exists")]
    Duplicate,
    /// The file is not a database, or it is damaged.
    #[error("{} is not a usable database: {reason}", path.display())]
    Corrupt { path: PathBuf, reason: String },
    /// The file or its directory cannot be created or written.
    #[error("cannot use {}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error(
        "the database was written by a newer version of websh (schema {0}): start that version instead"
    )]
    Newer(String),
    #[error("{0} is not a database URL: it must start with sqlite:// or postgres://")]
    Url(String),
    /// A column contains a value that this build does not support.
    #[error("the database contains an unknown {what}: {value}")]
    Unknown { what: &'static str, value: String },
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Duplicate,
            _ if is_full(&error) => Self::Full(error.to_string()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

/// Detects SQLITE_FULL and PostgreSQL's `disk_full`.
fn is_full(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    let sqlx::Error::Database(error) = &**error else { return false };
    error.code().is_some_and(|code| ["13", "53100"].contains(&&*code))
}
