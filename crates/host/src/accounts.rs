//! Accounts of this machine that sessions can be opened as.

use std::path::PathBuf;

use nix::unistd::{User, geteuid};

/// The shell of an account that names none.
const DEFAULT_SHELL: &str = "/bin/sh";

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Its user id.
    pub uid: u32,
    /// Its primary group.
    pub gid: u32,
    /// Its home directory.
    pub home: PathBuf,
    /// Its login shell.
    pub shell: PathBuf,
}

/// The account of this process; the only one that can be used without changing user.
pub fn usable() -> Vec<Account> {
    let uid = geteuid();
    let account = match User::from_uid(uid) {
        Ok(Some(user)) => Account {
            name: user.name,
            uid: user.uid.as_raw(),
            gid: user.gid.as_raw(),
            home: user.dir,
            shell: if user.shell.as_os_str().is_empty() {
                DEFAULT_SHELL.into()
            } else {
                user.shell
            },
        },
        // A container may run as a number without a name.
        _ => Account {
            name: uid.to_string(),
            uid: uid.as_raw(),
            gid: nix::unistd::getegid().as_raw(),
            home: "/".into(),
            shell: DEFAULT_SHELL.into(),
        },
    };
    vec![account]
}
