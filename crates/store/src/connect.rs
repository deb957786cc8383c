//! Opening a database: its file and rights, its settings, its schema, and the bound on every answer.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, FromQueryResult,
    Statement,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use sea_orm_migration::MigratorTrait;

use crate::{Error, migration::Migrator};

/// How long SQLite itself waits for another process's lock: shorter than [`ANSWER`], so that its own
/// error wins and nothing is left running behind a given up question.
const BUSY: Duration = Duration::from_secs(3);

/// The longest any question may take.
const ANSWER: Duration = Duration::from_secs(5);

/// A database with the schema of this build. Clones share one pool.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: DatabaseConnection,
}

impl Store {
    /// Opens the database of a URL, `sqlite://PATH` or `postgres://…`, and brings its schema up to
    /// date. A missing SQLite file is created with mode 0600, its directory with 0700.
    ///
    /// # Errors
    /// [`Error::Url`], [`Error::File`], [`Error::Corrupt`], [`Error::Newer`], and
    /// [`Error::Unavailable`] within 5 s. A file that is no database is left as it is.
    pub async fn open(url: &str) -> Result<Self, Error> {
        match url.split_once("://") {
            Some(("sqlite", path)) => Self::open_file(Path::new(path)).await,
            Some(("postgres" | "postgresql", _)) => bounded(Self::connect(url, None)).await,
            // What follows may be a password.
            _ => Err(Error::Url(url.split(':').next().unwrap_or_default().to_owned())),
        }
    }

    /// Opens a SQLite file, as [`Store::open`] does.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_file(path: &Path) -> Result<Self, Error> {
        prepare(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
        let opened = bounded(Self::connect("sqlite://named-below", Some(path.to_owned()))).await;
        opened.map_err(|error| match error {
            Error::Unavailable(reason) if damaged(&reason) => {
                Error::Corrupt { path: path.to_owned(), reason }
            }
            error => error,
        })
    }

    async fn connect(url: &str, file: Option<PathBuf>) -> Result<Self, Error> {
        let sqlite = file.is_some();
        let file = file.unwrap_or_default();
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(8)
            .acquire_timeout(ANSWER)
            .connect_timeout(ANSWER)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(move |options| {
                options
                    // Given as it is: a URL would read % and ? in it.
                    .filename(&file)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(BUSY)
                    .foreign_keys(true)
            });
        let db = Database::connect(options).await?;
        let store = Self { db };
        if sqlite {
            store.check().await?;
        }
        store.refuse_newer().await?;
        Migrator::up(&store.db, None).await?;
        Ok(store)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it does not, within 5 s.
    pub async fn ping(&self) -> Result<(), Error> {
        bounded(async { Ok(self.db.ping().await?) }).await
    }

    async fn check(&self) -> Result<(), Error> {
        let question =
            Statement::from_string(self.db.get_database_backend(), "PRAGMA quick_check(1)");
        let answer = self.db.query_one_raw(question).await?;
        let found = answer.map(|row| row.try_get_by_index::<String>(0)).transpose()?;
        match found.as_deref() {
            Some("ok") => Ok(()),
            other => {
                Err(Error::Unavailable(format!("malformed: {}", other.unwrap_or("no answer"))))
            }
        }
    }

    async fn refuse_newer(&self) -> Result<(), Error> {
        #[derive(FromQueryResult)]
        struct Applied {
            version: String,
        }
        let known: Vec<String> =
            Migrator::migrations().iter().map(|one| one.name().to_owned()).collect();
        let question = Statement::from_string(
            self.db.get_database_backend(),
            "SELECT version FROM seaql_migrations ORDER BY version DESC",
        );
        let applied = match Applied::find_by_statement(question).all(&self.db).await {
            Ok(applied) => applied,
            Err(error) if no_such_table(&error) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        match applied.into_iter().find(|one| !known.contains(&one.version)) {
            Some(one) => Err(Error::Newer(one.version)),
            None => Ok(()),
        }
    }
}

/// Gives up a question that takes too long: a page must not hang on a database that does.
pub(crate) async fn bounded<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(ANSWER, answer)
        .await
        .unwrap_or_else(|_| Err(Error::Unavailable("no answer in 5 s".to_owned())))
}

/// Creates the directory and the file with their rights before SQLite would with the umask's.
fn prepare(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::metadata(path).and_then(|meta| {
                if meta.is_file() { Ok(()) } else { Err(io::Error::other("not a regular file")) }
            })
        }
        Err(error) => Err(error),
    }
}

/// SQLITE_CORRUPT and SQLITE_NOTADB, by their words (the codes 11 and 26 stand in other texts too).
fn damaged(reason: &str) -> bool {
    ["malformed", "file is not a database"].iter().any(|word| reason.contains(word))
}

fn no_such_table(error: &DbErr) -> bool {
    let text = error.to_string();
    text.contains("no such table") || text.contains("does not exist")
}
