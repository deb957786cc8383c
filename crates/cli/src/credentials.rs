//! `~/.config/websh/credentials.toml`: one API token for each server the user signed in to. Readable
//! by its owner only.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::http::Error;

/// Stored sign-in to one server.
#[derive(Clone, Serialize, Deserialize)]
pub struct Known {
    pub token: String,
    pub email: String,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Credentials {
    /// Origin of the default server.
    pub current: Option<String>,
    pub servers: BTreeMap<String, Known>,
}

impl Credentials {
    /// Reads the file; a missing one is empty. Refuses a file that others may read.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let refuse = |problem: String| Error::Credentials(format!("{} {problem}.", path.display()));
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(refuse(format!("could not be read: {error}"))),
        };
        let mode = fs::metadata(path).map(|found| found.permissions().mode());
        if !mode.is_ok_and(|mode| mode & 0o077 == 0) {
            return Err(refuse(
                "is readable by others. Run chmod 600 on it and consider creating a new token"
                    .into(),
            ));
        }
        toml::from_str(&text)
            .map_err(|_| refuse("is malformed. Delete it and run `websh login URL`".into()))
    }

    /// Writes the file atomically.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let refuse = |error: &dyn std::fmt::Display| {
            Error::Credentials(format!("Could not write {}: {error}.", path.display()))
        };
        let text = toml::to_string(self).map_err(|error| refuse(&error))?;
        let written = write(path, &text);
        written.map_err(|error| refuse(&error))
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let fresh: PathBuf = path.with_extension(format!("{}.tmp", std::process::id()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    written.and_then(|()| fs::rename(&fresh, path)).inspect_err(|_| {
        let _ = fs::remove_file(&fresh);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_kept_for_their_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/websh/credentials.toml");
        assert!(Credentials::load(&path).unwrap().servers.is_empty());
        let known = Known { token: "websh_x".into(), email: "ann@example.org".into() };
        let mut credentials = Credentials::default();
        credentials.servers.insert("https://websh.example:8443".into(), known);
        for _ in 0..2 {
            credentials.save(&path).unwrap();
        }
        let found = Credentials::load(&path).unwrap();
        assert_eq!(found.servers["https://websh.example:8443"].token, "websh_x");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
        assert!(Credentials::load(&path).is_err());
    }
}
