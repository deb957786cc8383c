//! Accounts of this machine that sessions can be opened as: the own one, and as root all that people
//! can log in to. What the system's registry says (passwd(5), through NSS) is taken as it is.

use std::{
    ffi::CString,
    fs,
    path::{Path, PathBuf},
};

use nix::unistd::{AccessFlags, Gid, Uid, User, access, geteuid, getgrouplist};

use crate::Error;

/// The shell of an account that names none, as login(1) has it.
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
    /// All its groups, the primary one included.
    pub groups: Vec<u32>,
    /// Its home directory.
    pub home: PathBuf,
    /// Its login shell.
    pub shell: PathBuf,
}

impl Account {
    /// Whether it is the one that this process runs as: nothing has to be changed to be it.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.uid == geteuid().as_raw()
    }
}

/// Who runs this program, by their account: as which they logged in, where the kernel kept that, and as
/// which they run it.
#[must_use]
pub fn operator() -> String {
    let own = own().name;
    // 4294967295: nobody logged in, a service started it.
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

/// Whether this process can be other accounts than its own.
pub(crate) fn are_changed() -> bool {
    geteuid().is_root()
}

/// The account of a name, if sessions can be opened as it.
///
/// # Errors
/// [`Error::UnknownAccount`], or [`Error::UnusableAccount`] with the reason.
pub fn look_up(name: &str) -> Result<Account, Error> {
    let own = own();
    if own.name == name {
        return Ok(own);
    }
    let unknown = || Error::UnknownAccount(name.to_owned());
    // A service that is not root has no business with others' accounts, so it tells nothing of them.
    if !are_changed() {
        return Err(unknown());
    }
    let user = User::from_name(name).ok().flatten().ok_or_else(unknown)?;
    let account = account(user);
    let listed = fs::read_to_string("/etc/shells").ok();
    let executable = access(&account.shell, AccessFlags::X_OK).is_ok() && account.shell.is_file();
    match trouble(&account.shell, listed.as_deref(), executable) {
        None => Ok(account),
        Some(reason) => Err(Error::UnusableAccount { account: account.name, reason }),
    }
}

/// All accounts that sessions can be opened as, the own one first. Those that only a directory
/// service knows are not listed; they can be looked up.
pub fn usable() -> Vec<Account> {
    let own = own();
    let mut accounts = Vec::new();
    if are_changed() {
        let registry = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let names = registry.lines().filter_map(|line| line.split(':').next());
        accounts.extend(names.filter_map(|name| look_up(name).ok()));
        accounts.retain(|account| account.name != own.name);
        accounts.sort_by(|a, b| a.name.cmp(&b.name));
    }
    accounts.insert(0, own);
    accounts
}

fn own() -> Account {
    let uid = geteuid();
    match User::from_uid(uid) {
        Ok(Some(user)) => account(user),
        // A container may run as a number without a name.
        _ => Account {
            name: uid.to_string(),
            uid: uid.as_raw(),
            gid: nix::unistd::getegid().as_raw(),
            groups: vec![nix::unistd::getegid().as_raw()],
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

/// Why nobody can log in with this shell, one sentence. `listed` is what shells(5) says, if there is
/// such a file.
fn trouble(shell: &Path, listed: Option<&str>, executable: bool) -> Option<String> {
    let name = shell.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let valid = listed.is_none_or(|listed| {
        listed.lines().any(|line| line.starts_with('/') && Path::new(line.trim()) == shell)
    });
    let shown = shell.display();
    if matches!(name, "nologin" | "false" | "true") {
        Some("This account is not for logging in.".to_owned())
    } else if !executable {
        Some(format!("Its login shell, {shown}, can't be started."))
    } else if !valid {
        Some(format!("Its login shell, {shown}, is not one of this machine's login shells."))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_became_another_account_is_named_by_both() {
        for (login, own, name) in [
            (None, "root", "root"),
            (Some("root"), "root", "root"),
            (Some("ann"), "root", "ann as root"),
        ] {
            assert_eq!(named(login, own), name);
        }
    }

    #[test]
    fn a_login_shell_is_one_that_lets_in() {
        let shells = "# /etc/shells: valid login shells\n/bin/sh\n/bin/bash \n/usr/sbin/nologin\n";
        for (shell, listed, executable, said) in [
            ("/bin/sh", Some(shells), true, None),
            ("/bin/bash", Some(shells), true, None),
            ("/bin/zsh", None, true, None),
            ("/bin/zsh", Some(shells), true, Some("not one of")),
            ("/bin/sync", Some(shells), true, Some("not one of")),
            ("/bin/sh", Some(shells), false, Some("can't be started")),
            ("/usr/sbin/nologin", Some(shells), true, Some("not for logging in")),
            ("/bin/false", None, true, Some("not for logging in")),
            ("sh", Some(shells), true, Some("not one of")),
        ] {
            let found = trouble(Path::new(shell), listed, executable);
            match (said, &found) {
                (None, None) => {}
                (Some(said), Some(found)) => assert!(found.contains(said), "{shell}: {found}"),
                _ => panic!("{shell} {listed:?} {executable}: {found:?}"),
            }
        }
    }

    #[test]
    fn the_own_account_comes_first_and_is_known_by_name() {
        let all = usable();
        assert!(all[0].is_own() && all[0].groups.contains(&all[0].gid), "{:?}", all[0]);
        assert_eq!(look_up(&all[0].name).unwrap(), all[0]);
        assert!(matches!(look_up("no-such-account"), Err(Error::UnknownAccount(_))));
        if !are_changed() {
            assert_eq!(all.len(), 1, "others' accounts take root");
        }
    }
}
