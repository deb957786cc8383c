//! Opening a database: its file and permissions, its connection options and its schema.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use sea_orm_migration::MigratorTrait;

use crate::{
    AuditLog, Credentials, Devices, Error, Grants, Guests, Invites, Members, Sessions, Settings,
    Shares, SignIns, Tokens,
    execute::{TIMEOUT, bounded},
    migration::Migrator,
};

/// Time that SQLite waits for the lock of another process: less than [`TIMEOUT`], so that SQLite's own
/// error is returned and no query continues after its caller gave up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(3);

/// A database with the schema of this build. Clones share one connection pool.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the types describe their tables")]
pub struct Store {
    pub audit: AuditLog,
    pub credentials: Credentials,
    pub devices: Devices,
    pub grants: Grants,
    pub guests: Guests,
    pub invites: Invites,
    pub members: Members,
    pub sessions: Sessions,
    pub settings: Settings,
    pub shares: Shares,
    pub sign_ins: SignIns,
    pub tokens: Tokens,
    pub(crate) db: DatabaseConnection,
}

impl Store {
    /// Opens the database at a URL, `sqlite://PATH` or `postgres://…`, and updates its schema. A missing
    /// SQLite file is created with mode 0600, its directory with 0700.
    ///
    /// # Errors
    /// [`Error::Url`], [`Error::File`], [`Error::Corrupt`], [`Error::Newer`], and
    /// [`Error::Unavailable`] within 5 s. A file that is not a database is left unchanged.
    pub async fn open(url: &str) -> Result<Self, Error> {
        match url.split_once("://") {
            Some(("sqlite", path)) => Self::open_file(Path::new(path)).await,
            Some(("postgres" | "postgresql", _)) => bounded(Self::connect(url, None)).await,
            // The rest of the URL may contain a password.
            _ => Err(Error::Url(url.split(':').next().unwrap_or_default().to_owned())),
        }
    }

    /// Opens a SQLite file, as [`Store::open`] does.
    pub async fn open_file(path: &Path) -> Result<Self, Error> {
        prepare(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
        let opened = bounded(Self::connect("sqlite://named-below", Some(path.to_owned()))).await;
        opened.map_err(|error| match error {
            Error::Unavailable(reason) if is_corrupt(&reason) => {
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
            .acquire_timeout(TIMEOUT)
            .connect_timeout(TIMEOUT)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(move |options| {
                options
                    // Set here because a URL would decode % and ? in the path.
                    .filename(&file)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(BUSY_TIMEOUT)
                    .foreign_keys(true)
            });
        let db = Database::connect(options).await?;
        if sqlite {
            check_integrity(&db).await?;
        }
        refuse_newer(&db).await?;
        Migrator::up(&db, None).await?;
        Ok(Self::from(db))
    }

    /// Checks that the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        bounded(async { Ok(self.db.ping().await?) }).await
    }
}

impl From<DatabaseConnection> for Store {
    fn from(db: DatabaseConnection) -> Self {
        Self {
            audit: AuditLog { db: db.clone() },
            credentials: Credentials { db: db.clone() },
            devices: Devices { db: db.clone() },
            grants: Grants { db: db.clone() },
            guests: Guests { db: db.clone() },
            invites: Invites { db: db.clone() },
            members: Members { db: db.clone() },
            sessions: Sessions { db: db.clone() },
            settings: Settings { db: db.clone() },
            shares: Shares { db: db.clone() },
            sign_ins: SignIns { db: db.clone() },
            tokens: Tokens { db: db.clone() },
            db,
        }
    }
}

async fn check_integrity(db: &DatabaseConnection) -> Result<(), Error> {
    let check = Statement::from_string(db.get_database_backend(), "PRAGMA quick_check(1)");
    let answer = db.query_one_raw(check).await?;
    let result = answer.map(|row| row.try_get_by_index::<String>(0)).transpose()?;
    match result.as_deref() {
        Some("ok") => Ok(()),
        other => Err(Error::Unavailable(format!("malformed: {}", other.unwrap_or("no answer")))),
    }
}

async fn refuse_newer(db: &DatabaseConnection) -> Result<(), Error> {
    let applied = Migrator::get_migration_models(db).await?;
    let known = Migrator::migrations();
    let is_newer = |version: &str| !known.iter().any(|migration| migration.name() == version);
    match applied.into_iter().rfind(|applied| is_newer(&applied.version)) {
        Some(newer) => Err(Error::Newer(newer.version)),
        None => Ok(()),
    }
}

/// Creates the directory and the file with restricted permissions; SQLite would apply the umask.
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

/// Detects SQLITE_CORRUPT and SQLITE_NOTADB by their texts: the codes 11 and 26 also occur in others.
fn is_corrupt(reason: &str) -> bool {
    ["malformed", "file is not a database"].iter().any(|text| reason.contains(text))
}
