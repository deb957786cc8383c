//! Accounts of this machine that sessions can run as: the account of this process and, for root, all
//! accounts with a login shell. They come from the user database (passwd(5), through NSS).

use std::{
    ffi::CString,
    fs, io,
    path::{Path, PathBuf},
};

use nix::errno::Errno;
use nix::unistd::{Gid, Uid, User, getgrouplist};
use rustix::{
    fs::{Access, access},
    process::{getegid, geteuid},
};

use crate::Error;

/// Shell of an account without one, as in login(1).
const DEFAULT_SHELL: &str = "/bin/sh";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub name: String,
    pub uid: u32,
    /// Primary group.
    pub gid: u32,
    /// All groups, including the primary one.
    pub groups: Vec<u32>,
    pub home: PathBuf,
    pub shell: PathBuf,
}

impl Account {
    /// Returns whether it is the account of this process.
    pub fn is_own(&self) -> bool {
        self.uid == geteuid().as_raw()
    }
}

/// Returns the name of the account that runs this program, with the account of the login if that differs
/// and the kernel recorded it.
pub fn operator() -> String {
    let own = own().map_or_else(|_| geteuid().as_raw().to_string(), |own| own.name);
    // 4294967295: started by a service, without a login.
    let login =
        fs::read_to_string("/proc/self/loginuid").ok().and_then(|uid| uid.trim().parse().ok());
    let login = login.filter(|uid| *uid != u32::MAX).map(Uid::from_raw);
    let login = login.and_then(|uid| User::from_uid(uid).ok().flatten()).map(|user| user.name);
    named(login.as_deref(), &own)
}

fn named(login: Option<&str>, own: &str) -> String {
    match login {
        Some(login) if login != own => format!("{login} as {own}"),
        _ => own.to_owned(),
    }
}

/// Returns whether this process can switch to other accounts.
pub fn can_switch_accounts() -> bool {
    geteuid().is_root()
}

/// Returns the account with this name, if sessions can run as it.
pub fn find_account(name: &str) -> Result<Account, Error> {
    let own = own()?;
    if own.name == name {
        return Ok(own);
    }
    let unknown = || Error::UnknownAccount(name.to_owned());
    // Without root, only the account of this process is usable: reveal nothing about others.
    if !can_switch_accounts() {
        return Err(unknown());
    }
    let account = account(found(User::from_name(name))?.ok_or_else(unknown)?)?;
    let listed = optional(fs::read_to_string("/etc/shells"))?;
    let executable = is_executable(&account.shell)?;
    match unusable_reason(&account.shell, listed.as_deref(), executable) {
        None => Ok(account),
        Some(reason) => Err(Error::UnusableAccount { account: account.name, reason }),
    }
}

/// Returns all accounts that sessions can run as, starting with the account of this process. Accounts of
/// a directory service are not listed; [`find_account`] returns them.
pub fn accounts() -> Result<Vec<Account>, Error> {
    let own = own()?;
    let mut accounts = Vec::new();
    if can_switch_accounts() {
        let passwd = optional(fs::read_to_string("/etc/passwd"))?.unwrap_or_default();
        for name in passwd.lines().filter_map(|line| line.split(':').next()) {
            match find_account(name) {
                Ok(account) => accounts.push(account),
                Err(Error::UnknownAccount(_) | Error::UnusableAccount { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        accounts.retain(|account| account.name != own.name);
        accounts.sort_by(|a, b| a.name.cmp(&b.name));
    }
    accounts.insert(0, own);
    Ok(accounts)
}

fn own() -> Result<Account, Error> {
    let uid = geteuid();
    match found(User::from_uid(Uid::from_raw(uid.as_raw())))? {
        Some(user) => account(user),
        // A container may run as a user id without a name.
        None => Ok(Account {
            name: uid.as_raw().to_string(),
            uid: uid.as_raw(),
            gid: getegid().as_raw(),
            groups: vec![getegid().as_raw()],
            home: "/".into(),
            shell: DEFAULT_SHELL.into(),
        }),
    }
}

/// Returns the entry that a lookup found. Failures to look are not absence; getpwnam(3) lists the errors
/// by which some systems report absence.
fn found<T>(lookup: Result<Option<T>, Errno>) -> Result<Option<T>, Error> {
    match lookup {
        Ok(found) => Ok(found),
        Err(Errno::ENOENT | Errno::ESRCH) => Ok(None),
        Err(error) => Err(Error::AccountsUnavailable(error.into())),
    }
}

/// Returns the content of a file that may be missing.
fn optional(read: io::Result<String>) -> Result<Option<String>, Error> {
    match read {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::AccountsUnavailable(error)),
    }
}

fn is_executable(shell: &Path) -> Result<bool, Error> {
    use rustix::io::Errno;
    match access(shell, Access::EXEC_OK) {
        Ok(()) => Ok(shell.is_file()),
        Err(Errno::ACCESS | Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::NAMETOOLONG) => {
            Ok(false)
        }
        Err(error) => Err(Error::AccountsUnavailable(error.into())),
    }
}

fn account(user: User) -> Result<Account, Error> {
    let unavailable = Error::AccountsUnavailable;
    let name = CString::new(user.name.as_str()).map_err(|error| unavailable(error.into()))?;
    // Without its groups the account would have fewer rights than it has.
    let groups = getgrouplist(&name, user.gid).map_err(|error| unavailable(error.into()))?;
    Ok(Account {
        groups: groups.into_iter().map(Gid::as_raw).collect(),
        name: user.name,
        uid: user.uid.as_raw(),
        gid: user.gid.as_raw(),
        home: user.dir,
        shell: if user.shell.as_os_str().is_empty() { DEFAULT_SHELL.into() } else { user.shell },
    })
}

/// Returns the reason against a login with this shell. `listed` is the content of shells(5).
fn unusable_reason(shell: &Path, listed: Option<&str>, executable: bool) -> Option<String> {
    let name = shell.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let valid = listed.is_none_or(|listed| {
        listed.lines().any(|line| line.starts_with('/') && Path::new(line.trim()) == shell)
    });
    let shown = shell.display();
    if matches!(name, "nologin" | "false" | "true") {
        Some("Logging in to this account is disabled.".to_owned())
    } else if !executable {
        Some(format!("Its login shell, {shown}, is not executable."))
    } else if !valid {
        Some(format!("Its login shell, {shown}, is not listed in /etc/shells."))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operator_is_named_by_login_and_current_account() {
        for (login, own, name) in [
            (None, "root", "root"),
            (Some("root"), "root", "root"),
            (Some("ann"), "root", "ann as root"),
        ] {
            assert_eq!(named(login, own), name);
        }
    }

    #[test]
    fn a_failed_lookup_is_not_absence() {
        for (lookup, expected) in [
            (Ok(Some(1)), Some(Some(1))),
            (Ok(None), Some(None)),
            (Err(Errno::ENOENT), Some(None)),
            (Err(Errno::ESRCH), Some(None)),
            (Err(Errno::EIO), None),
            (Err(Errno::EMFILE), None),
            (Err(Errno::ENOMEM), None),
        ] {
            assert_eq!(found(lookup).ok(), expected, "{lookup:?}");
        }
        let failed = |kind: io::ErrorKind| optional(Err(kind.into())).ok();
        assert_eq!(failed(io::ErrorKind::NotFound), Some(None));
        for kind in [io::ErrorKind::PermissionDenied, io::ErrorKind::OutOfMemory] {
            assert_eq!(failed(kind), None, "{kind}");
        }
        for (shell, expected) in [("/bin/sh", true), ("/", false), ("/nothing", false)] {
            assert_eq!(is_executable(Path::new(shell)).ok(), Some(expected), "{shell}");
        }
    }

    #[test]
    fn only_listed_executable_shells_allow_a_login() {
        let shells = "# /etc/shells: valid login shells\n/bin/sh\n/bin/bash \n/usr/sbin/nologin\n";
        for (shell, listed, executable, expected) in [
            ("/bin/sh", Some(shells), true, None),
            ("/bin/bash", Some(shells), true, None),
            ("/bin/zsh", None, true, None),
            ("/bin/zsh", Some(shells), true, Some("not listed")),
            ("/bin/sync", Some(shells), true, Some("not listed")),
            ("/bin/sh", Some(shells), false, Some("not executable")),
            ("/usr/sbin/nologin", Some(shells), true, Some("disabled")),
            ("/bin/false", None, true, Some("disabled")),
            ("sh", Some(shells), true, Some("not listed")),
        ] {
            let found = unusable_reason(Path::new(shell), listed, executable);
            match (expected, &found) {
                (None, None) => {}
                (Some(expected), Some(found)) => {
                    assert!(found.contains(expected), "{shell}: {found}");
                }
                _ => panic!("{shell} {listed:?} {executable}: {found:?}"),
            }
        }
    }

    #[test]
    fn the_account_of_this_process_comes_first() {
        let all = accounts().unwrap();
        assert!(all[0].is_own() && all[0].groups.contains(&all[0].gid), "{:?}", all[0]);
        assert_eq!(find_account(&all[0].name).unwrap(), all[0]);
        assert!(matches!(find_account("no-such-account"), Err(Error::UnknownAccount(_))));
        if !can_switch_accounts() {
            assert_eq!(all.len(), 1, "other accounts require root");
        }
    }
}
