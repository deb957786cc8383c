//! Processes in /proc and their trees; see proc(5). A process names itself with any bytes, so files are
//! read as lossy UTF-8. The crate `procfs` rejects such a name in `status`, so a process could hide.

use std::{
    collections::{HashMap, HashSet},
    fmt::Display,
    fs,
};

use protocol::id::SessionId;

/// The used part of `/proc/{pid}/stat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    pub pid: u32,
    parent: u32,
    state: char,
    /// User and system time of the process and of the children it has waited for, in clock ticks.
    pub ticks: u64,
}

impl Stat {
    /// Returns whether it is stopped by a signal or a debugger.
    pub fn is_stopped(&self) -> bool {
        matches!(self.state, 'T' | 't')
    }

    /// Returns whether it has ended and waits to be reaped.
    fn is_zombie(&self) -> bool {
        matches!(self.state, 'Z' | 'X')
    }
}

pub fn stat(process: u32) -> Option<Stat> {
    parse_stat(&read(process, "stat")?)
}

pub fn all() -> Vec<Stat> {
    pids().filter_map(stat).collect()
}

pub fn pids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

pub fn descendants(process: u32) -> Vec<u32> {
    let id = SessionId(uuid::Uuid::nil());
    let tree = trees(&all(), &[(id, process)]).remove(&id).unwrap_or_default();
    let living = tree.iter().filter(|stat| stat.pid != process && !stat.is_zombie());
    living.map(|stat| stat.pid).collect()
}

/// Returns the real and the saved user of a process: the users that may signal it. See kill(2).
pub fn users(process: u32) -> Option<[u32; 2]> {
    let status = read(process, "status")?;
    let users = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    let mut users = users.split_whitespace().map_while(|user| user.parse().ok());
    let (real, _effective, saved) = (users.next()?, users.next()?, users.next()?);
    Some([real, saved])
}

/// Returns the number of resident pages that are not backed by files.
pub fn private_pages(process: u32) -> Option<u64> {
    parse_statm(&read(process, "statm")?)
}

/// Returns whether a file of NUL-separated strings, `cmdline` or `environ`, contains one.
pub fn contains(process: u32, file: &str, string: &str) -> bool {
    let bytes = fs::read(format!("/proc/{process}/{file}")).unwrap_or_default();
    bytes.split(|byte| *byte == 0).any(|found| found == string.as_bytes())
}

fn read(process: impl Display, file: &str) -> Option<String> {
    let bytes = fs::read(format!("/proc/{process}/{file}")).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Assigns each process to the nearest root among its ancestors; a root belongs to its own tree.
pub fn trees(stats: &[Stat], roots: &[(SessionId, u32)]) -> HashMap<SessionId, Vec<Stat>> {
    let parents: HashMap<u32, u32> = stats.iter().map(|stat| (stat.pid, stat.parent)).collect();
    let mut owners: HashMap<u32, Option<SessionId>> =
        roots.iter().map(|(id, pid)| (*pid, Some(*id))).collect();
    let mut trees: HashMap<SessionId, Vec<Stat>> = HashMap::new();
    for stat in stats {
        let mut path = HashSet::new();
        let mut pid = stat.pid;
        let owner = loop {
            if let Some(owner) = owners.get(&pid) {
                break *owner;
            }
            // The files are not read at one moment, so a reused pid may form a cycle.
            if !path.insert(pid) {
                break None;
            }
            match parents.get(&pid) {
                Some(parent) => pid = *parent,
                None => break None,
            }
        };
        owners.extend(path.into_iter().map(|pid| (pid, owner)));
        if let Some(id) = owner {
            trees.entry(id).or_default().push(*stat);
        }
    }
    trees
}

/// Parses `pid (name) state ppid …`. The name may contain anything, so the rest follows the last `)`.
fn parse_stat(text: &str) -> Option<Stat> {
    let (pid, rest) = text.split_once(" (")?;
    let (_, rest) = rest.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    // The times of children are signed in proc(5), but never negative.
    let ticks = (14..=17).map(number).sum::<Option<u64>>()?;
    Some(Stat {
        pid: pid.parse().ok()?,
        parent: u32::try_from(number(4)?).ok()?,
        state: fields.first()?.chars().next()?,
        ticks,
    })
}

/// Parses `size resident shared …`, in pages.
fn parse_statm(text: &str) -> Option<u64> {
    let mut fields = text.split_ascii_whitespace().skip(1);
    let resident: u64 = fields.next()?.parse().ok()?;
    let shared: u64 = fields.next()?.parse().ok()?;
    Some(resident.saturating_sub(shared))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const BASH: &str = "4711 (bash) S 4700 4711 4711 34816 4790 4194304 1563 20904 0 4 12 7 44 21 20 0 1 0 \
        891422 8671232 1273 18446744073709551615 94371 94372 140722 0 0 0 65536 3686404 1266761467 1 0 0 \
        17 1 0 0 0 0 0 94373 94374 94375 140723 140724 140725 140726 0";

    #[test]
    fn recorded_files_are_parsed() {
        let bash = Stat { pid: 4711, parent: 4700, state: 'S', ticks: 12 + 7 + 44 + 21 };
        assert_eq!(parse_stat(BASH), Some(bash));
        let stopped = BASH.replace(") S ", ") T ");
        assert_eq!(parse_stat(&stopped), Some(Stat { state: 'T', ..bash }));
        let resembling_fields = BASH.replace("(bash)", "(a) S 1 (b) c)");
        assert_eq!(parse_stat(&resembling_fields), parse_stat(BASH));
        for broken in ["", "4711", "4711 (bash", "4711 (bash) S", "x (bash) S 1 2 3"] {
            assert_eq!(parse_stat(broken), None, "{broken}");
        }
        assert_eq!(parse_statm("2117 1273 830 230 0 160 0"), Some(443));
        assert_eq!(parse_statm("2117 5 830 230 0 160 0"), Some(0));
        assert_eq!(parse_statm("2117"), None);
    }

    fn id(number: u128) -> SessionId {
        SessionId(Uuid::from_u128(number))
    }

    fn stat(pid: u32, parent: u32) -> Stat {
        Stat { pid, parent, state: 'S', ticks: u64::from(pid) }
    }

    #[test]
    fn a_process_belongs_to_the_nearest_session_above_it() {
        let stats = [
            stat(1, 0),
            stat(40, 31),
            stat(10, 1),
            stat(11, 10),
            stat(30, 11),
            stat(31, 30),
            stat(20, 1),
            stat(50, 1),
            // A cycle and a missing parent.
            stat(60, 61),
            stat(61, 60),
            stat(70, 69),
        ];
        let found = trees(&stats, &[(id(1), 10), (id(2), 20), (id(3), 30), (id(4), 99)]);
        let pids = |number| {
            let mut pids: Vec<u32> = found[&id(number)].iter().map(|stat| stat.pid).collect();
            pids.sort_unstable();
            pids
        };
        assert_eq!((pids(1), pids(2), pids(3)), (vec![10, 11], vec![20], vec![30, 31, 40]));
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn a_name_that_is_not_utf_8_does_not_hide_a_process() {
        let shell = "printf 'half \\346' >/proc/$$/comm && echo && read line";
        let mut command = std::process::Command::new("sh");
        command.args(["-c", shell]).stdin(std::process::Stdio::piped());
        let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut [0]).unwrap();
        let name = fs::read(format!("/proc/{}/comm", child.id())).unwrap();
        let stat = super::stat(child.id());
        let (descendants, users) = (descendants(std::process::id()), users(child.id()));
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_eq!(name, b"half \xe6\n");
        assert_eq!(stat.map(|stat| stat.parent), Some(std::process::id()));
        assert!(descendants.contains(&child.id()), "{descendants:?}");
        assert_eq!(users, super::users(std::process::id()));
    }
}
