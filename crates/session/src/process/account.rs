//! Becoming the account that a session was opened for, for good; and letting go of what a process
//! inherits. All before anything of the terminal is opened.

use std::io;

use nix::unistd::{
    Gid, Uid, getgroups, getresgid, getresuid, seteuid, setgroups, setresgid, setresuid,
};
use protocol::wire::Account;
use rustix::{
    fs::Mode,
    process::{DumpableBehavior, set_dumpable_behavior, umask},
};

use crate::error::Error;

/// The first descriptor behind the standard streams.
const FIRST: libc::c_uint = 3;

/// Closes every descriptor but the standard streams and gives every signal its default action, whatever
/// the starter did to them. Called first of all, while nothing is open that belongs to anybody.
pub fn let_go() {
    // A sigaction of the kernel's; all zero is the default action.
    let default = [0u64; 4];
    #[expect(
        unsafe_code,
        reason = "the C library's own signal(3) keeps two signals from being reset"
    )]
    // SAFETY: no descriptor behind the standard streams is owned yet, no handler is installed, and the
    // structure is as large as any system's.
    unsafe {
        libc::close_range(FIRST, libc::c_uint::MAX, 0);
        // SIGPIPE stays ignored here, as Rust has it; std gives it back to every child.
        for signal in (1..=64).filter(|signal| *signal != libc::SIGPIPE) {
            let none = std::ptr::null_mut::<u64>();
            libc::syscall(libc::SYS_rt_sigaction, signal, default.as_ptr(), none, size_of::<u64>());
        }
    }
}

/// Becomes the account and verifies that this can't be undone.
///
/// # Errors
/// [`Error::Spawn`] with a sentence for the person who asked.
pub fn become_account(account: &Account) -> Result<(), Error> {
    change(account).map_err(|error| {
        Error::Spawn(format!("The account {} could not be entered: {error}.", account.name))
    })
}

fn change(account: &Account) -> io::Result<()> {
    let (user, group) = (Uid::from_raw(account.user), Gid::from_raw(account.group));
    let groups: Vec<Gid> = account.groups.iter().copied().map(Gid::from_raw).collect();
    setgroups(&groups)?;
    setresgid(group, group, group)?;
    setresuid(user, user, user)?;
    let (users, gids) = (getresuid()?, getresgid()?);
    let stuck = [users.real, users.effective, users.saved] == [user; 3]
        && [gids.real, gids.effective, gids.saved] == [group; 3]
        && sorted(getgroups()?) == sorted(groups)
        && (user.is_root() || seteuid(Uid::from_raw(0)).is_err());
    if !stuck {
        return Err(io::Error::other("the system did not let go of the old one"));
    }
    // Other processes of the account must not look into this one; programs it starts are not affected.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    umask(Mode::WGRP | Mode::WOTH);
    Ok(())
}

fn sorted(mut groups: Vec<Gid>) -> Vec<u32> {
    groups.sort_by_key(|group| group.as_raw());
    groups.dedup();
    groups.into_iter().map(Gid::as_raw).collect()
}
