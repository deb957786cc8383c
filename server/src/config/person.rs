//! What the environment says to the commands that somebody uses for their own sessions: which websh,
//! with which token, and where credentials are kept. The server reads none of it.

use std::{
    env::{VarsOs, vars_os},
    ffi::OsString,
    path::PathBuf,
};

/// The environment, which is handed to whoever reads their part of it.
#[expect(clippy::disallowed_methods, reason = "this is where it is read")]
pub fn environment() -> VarsOs {
    vars_os()
}

/// A person's own settings.
#[derive(Clone, Default)]
pub struct Person {
    /// `WEBSH_URL`: the websh that is meant where none is named.
    pub url: Option<String>,
    /// `WEBSH_TOKEN`: an API token, instead of the one that `websh login` keeps.
    pub token: Option<String>,
    /// `$XDG_CONFIG_HOME/websh`, else `~/.config/websh`; none without a home directory.
    pub folder: Option<PathBuf>,
}

impl Person {
    /// Reads the environment. What is empty counts as absent, and so does a relative folder.
    pub fn read(environment: impl Iterator<Item = (OsString, OsString)>) -> Self {
        let mut person = Self::default();
        let (mut configured, mut home) = (None, None);
        for (name, value) in environment.filter(|(_, value)| !value.is_empty()) {
            let text = || value.to_str().map(str::to_owned);
            let folder = || Some(PathBuf::from(&value)).filter(|path| path.is_absolute());
            match name.to_str() {
                Some("WEBSH_URL") => person.url = text(),
                Some("WEBSH_TOKEN") => person.token = text(),
                Some("XDG_CONFIG_HOME") => configured = folder(),
                Some("HOME") => home = folder(),
                _ => {}
            }
        }
        let folder = configured.or_else(|| Some(home?.join(".config")));
        person.folder = folder.map(|folder| folder.join("websh"));
        person
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders() {
        for (variables, folder) in [
            (vec![("HOME", "/home/ann")], Some("/home/ann/.config/websh")),
            (vec![("HOME", "/home/ann"), ("XDG_CONFIG_HOME", "/conf")], Some("/conf/websh")),
            (vec![("HOME", "/home/ann"), ("XDG_CONFIG_HOME", "")], Some("/home/ann/.config/websh")),
            (vec![("XDG_CONFIG_HOME", "conf")], None),
            (vec![], None),
        ] {
            let environment = variables.iter().map(|(name, value)| (name.into(), value.into()));
            let person = Person::read(environment);
            assert_eq!(person.folder, folder.map(PathBuf::from), "{variables:?}");
        }
    }
}
