//! Accounts of this machine that sessions can run as: the account of this process and, for root, all
//! accounts with a login shell. They come from the user database (passwd(5), through NSS).

use std::{
    ffi::CString,
    fs,
    path::{Path, PathBuf},
};

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
    let own = own().name;
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
    let own = own();
    if own.name == name {
        return Ok(own);
    }
    let unknown = || Error::UnknownAccount(name.to_owned());
    // Without root, only the account of this process is usable: reveal nothing about others.
    if !can_switch_accounts() {
        return Err(unknown());
    }
    let user = User::from_name(name).ok().flatten().ok_or_else(unknown)?;
    let account = account(user);
    let listed = fs::read_to_string("/etc/shells").ok();
    let executable = access(&account.shell, Access::EXEC_OK).is_ok() && account.shell.is_file();
    match unusable_reason(&account.shell, listed.as_deref(), executable) {
        None => Ok(account),
        Some(reason) => Err(Error::UnusableAccount { account: account.name, reason }),
    }
}

/// Returns all accounts that sessions can run as, starting with the account of this process. Accounts of
/// a directory service are not listed; [`find_account`] returns them.
pub fn accounts() -> Vec<Account> {
    let own = own();
    let mut accounts = Vec::new();
    if can_switch_accounts() {
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let names = passwd.lines().filter_map(|line| line.split(':').next());
        accounts.extend(names.filter_map(|name| find_account(name).ok()));
        accounts.retain(|account| account.name != own.name);
        accounts.sort_by(|a, b| a.name.cmp(&b.name));
    }
    accounts.insert(0, own);
    accounts
}

fn own() -> Account {
    let uid = geteuid();
    match User::from_uid(Uid::from_raw(uid.as_raw())) {
        Ok(Some(user)) => account(user),
        // A container may run as a user id without a name.
        _ => Account {
            name: uid.as_raw().to_string(),
            uid: uid.as_raw(),
            gid: getegid().as_raw(),
            groups: vec![getegid().as_raw()],
            home: "/".into(),
            shell: DEFAULT_SHELL.into(),
        },
    }
}

fn account(user: User) -> Account {
    let groups = CString::new(user.name.as_str()).ok().and_then(|name| {
        let groups = getgrouplist(&name, user.gid).ok()?;
        Some(groups.into_iter().map(Gid::as_raw).collect())
    });
    Account {
        groups: groups.unwrap_or_else(|| vec![user.gid.as_raw()]),
        name: user.name,
        uid: user.uid.as_raw(),
        gid: user.gid.as_raw(),
        home: user.dir,
        shell: if user.shell.as_os_str().is_empty() { DEFAULT_SHELL.into() } else { user.shell },
    }
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
        let all = accounts();
        assert!(all[0].is_own() && all[0].groups.contains(&all[0].gid), "{:?}", all[0]);
        assert_eq!(find_account(&all[0].name).unwrap(), all[0]);
        assert!(matches!(find_account("no-such-account"), Err(Error::UnknownAccount(_))));
        if !can_switch_accounts() {
            assert_eq!(all.len(), 1, "other accounts require root");
        }
    }
}
