//! Settings of the remote commands, from the environment: server, token and configuration folder. The
//! server reads none of them.

use std::{
    env::{VarsOs, vars_os},
    ffi::OsString,
    path::PathBuf,
};

/// All environment variables.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn environment() -> VarsOs {
    vars_os()
}

/// Settings of one user.
#[derive(Clone, Default)]
pub struct Settings {
    /// `WEBSH_URL`: default server.
    pub url: Option<String>,
    /// `WEBSH_TOKEN`: API token that takes precedence over stored ones.
    pub token: Option<String>,
    /// `$XDG_CONFIG_HOME/websh`, else `~/.config/websh`; `None` without a home directory.
    pub folder: Option<PathBuf>,
}

impl Settings {
    /// Reads the environment. Empty values and relative folders count as absent.
    pub fn read(environment: impl Iterator<Item = (OsString, OsString)>) -> Self {
        let mut settings = Self::default();
        let (mut configured, mut home) = (None, None);
        for (name, value) in environment.filter(|(_, value)| !value.is_empty()) {
            let text = || value.to_str().map(str::to_owned);
            let folder = || Some(PathBuf::from(&value)).filter(|path| path.is_absolute());
            match name.to_str() {
                Some("WEBSH_URL") => settings.url = text(),
                Some("WEBSH_TOKEN") => settings.token = text(),
                Some("XDG_CONFIG_HOME") => configured = folder(),
                Some("HOME") => home = folder(),
                _ => {}
            }
        }
        let folder = configured.or_else(|| Some(home?.join(".config")));
        settings.folder = folder.map(|folder| folder.join("websh"));
        settings
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
            let settings = Settings::read(environment);
            assert_eq!(settings.folder, folder.map(PathBuf::from), "{variables:?}");
        }
    }
}
