//! The ways a question to the database can fail, told apart as far as a caller can act on it.

use std::path::PathBuf;

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// Why the database gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is locked, full, unreachable or too slow. Trying again later may work.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// There is no room on its disk, or none that it may use.
    #[error("there is no room on the disk of the database: {0}")]
    Full(String),
    /// A row with the same unique value exists.
    #[error("such an entry exists already")]
    Duplicate,
    /// The file is not a database, or a damaged one.
    #[error("{} is not a usable database: {reason}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite says of it.
        reason: String,
    },
    /// The file or its directory cannot be created or written.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// The file or directory.
        path: PathBuf,
        /// What the system says of it.
        source: std::io::Error,
    },
    /// A newer websh has changed the schema.
    #[error("the database was written by a newer websh (schema {0}): start that version instead")]
    Newer(String),
    /// The URL names no database that websh knows.
    #[error("{0} is not a database URL: it starts with sqlite:// or postgres://")]
    Url(String),
    /// A row holds something that this build does not understand.
    #[error("the database holds an unknown {what}: {value}")]
    Unknown {
        /// The column.
        what: &'static str,
        /// Its content.
        value: String,
    },
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Duplicate,
            _ if full(&error) => Self::Full(error.to_string()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

/// SQLITE_FULL, or PostgreSQL's `disk_full`.
fn full(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    let sqlx::Error::Database(error) = &**error else { return false };
    error.code().is_some_and(|code| ["13", "53100"].contains(&&*code))
}
