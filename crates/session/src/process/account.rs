//! Permanently switches the process to the account of the session and drops what it inherited.

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

/// First descriptor after the standard streams.
const FIRST: libc::c_uint = 3;

/// Closes inherited descriptors other than the standard streams and resets all signals to their default
/// actions. Must be called first, before the process opens anything.
pub fn drop_inherited() {
    // The kernel's sigaction; all zero is the default action.
    let default = [0u64; 4];
    #[expect(unsafe_code, reason = "the C library's signal(3) refuses to reset two signals")]
    // SAFETY: the process owns no descriptor after the standard streams and has no handlers yet, and
    // the structure is as large as that of any system.
    unsafe {
        libc::close_range(FIRST, libc::c_uint::MAX, 0);
        // Rust ignores SIGPIPE; std restores it in every child.
        for signal in (1..=64).filter(|signal| *signal != libc::SIGPIPE) {
            let none = std::ptr::null_mut::<u64>();
            libc::syscall(libc::SYS_rt_sigaction, signal, default.as_ptr(), none, size_of::<u64>());
        }
    }
}

/// Switches to the account and verifies that the process cannot switch back.
pub fn become_account(account: &Account) -> Result<(), Error> {
    change(account).map_err(|error| {
        Error::Spawn(format!("Could not switch to the account {}: {error}.", account.name))
    })
}

fn change(account: &Account) -> io::Result<()> {
    let (user, group) = (Uid::from_raw(account.user), Gid::from_raw(account.group));
    let groups: Vec<Gid> = account.groups.iter().copied().map(Gid::from_raw).collect();
    setgroups(&groups)?;
    setresgid(group, group, group)?;
    setresuid(user, user, user)?;
    let (users, gids) = (getresuid()?, getresgid()?);
    let switched = [users.real, users.effective, users.saved] == [user; 3]
        && [gids.real, gids.effective, gids.saved] == [group; 3]
        && sorted(getgroups()?) == sorted(groups)
        && (user.is_root() || seteuid(Uid::from_raw(0)).is_err());
    if !switched {
        return Err(io::Error::other("the previous user or group is still active"));
    }
    // Keeps other processes of the account from inspecting this one; programs it starts are unaffected.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    umask(Mode::WGRP | Mode::WOTH);
    Ok(())
}

fn sorted(mut groups: Vec<Gid>) -> Vec<u32> {
    groups.sort_by_key(|group| group.as_raw());
    groups.dedup();
    groups.into_iter().map(Gid::as_raw).collect()
}
