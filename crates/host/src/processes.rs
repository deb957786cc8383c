//! What the processes of each session take, from one look at /proc: `stat` of every process to find
//! the trees, `statm` of those in one. See proc(5).

use std::{
    collections::{HashMap, HashSet},
    fmt::Display,
    fs,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use nix::unistd::{SysconfVar, sysconf};
use protocol::id::SessionId;
use tokio::time::Instant;

use crate::Shared;

/// A look younger than this is good enough.
const FRESH: Duration = Duration::from_secs(2);

/// A look older than this is not shown: who asks waits for the next one.
const OLD: Duration = Duration::from_secs(10);

/// Processor time between two looks further apart than this says nothing of *lately*.
const LATELY: Duration = Duration::from_secs(60);

/// What the processes of one session take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// How many there are, the session process included.
    pub processes: u32,
    /// Bytes of memory that they do not share with files: what would be free without them.
    pub memory: u64,
    /// Processor time lately, in thousandths of one core; none after a first look.
    pub cpu_permille: Option<u32>,
    /// Whether the session process itself is stopped: by a signal or a debugger, so it answers nobody.
    pub stopped: bool,
}

/// The last look, and whether one is being taken.
#[derive(Debug, Default)]
pub struct Cache {
    last: Mutex<Option<Look>>,
    looking: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
struct Look {
    at: Instant,
    usage: HashMap<SessionId, Usage>,
    ticks: HashMap<SessionId, u64>,
}

/// One line of `/proc/{pid}/stat`, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    pid: u32,
    parent: u32,
    state: char,
    /// User and system time of the process and of the children it has waited for, in clock ticks.
    ticks: u64,
}

impl Stat {
    /// Stopped by a signal or a debugger.
    pub fn is_stopped(&self) -> bool {
        matches!(self.state, 'T' | 't')
    }

    /// Over, and only waiting to be reaped.
    fn is_over(&self) -> bool {
        matches!(self.state, 'Z' | 'X')
    }
}

/// What the kernel says of a process.
pub fn of(process: u32) -> Option<Stat> {
    parse_stat(&read(process, "stat")?)
}

/// A file of a process in /proc. The name in it may be any bytes, half a character at its end for one.
pub fn read(process: impl Display, file: &str) -> Option<String> {
    let bytes = fs::read(format!("/proc/{process}/{file}")).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The processes below one that live.
pub fn below(process: u32) -> Vec<u32> {
    let id = SessionId(uuid::Uuid::nil());
    let tree = trees(&all(), &[(id, process)]).remove(&id).unwrap_or_default();
    let living = tree.iter().filter(|stat| stat.pid != process && !stat.is_over());
    living.map(|stat| stat.pid).collect()
}

fn all() -> Vec<Stat> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| of(entry.file_name().to_str()?.parse().ok()?))
        .collect()
}

/// See [`Host::usage`](crate::Host::usage).
pub async fn usage(shared: &Arc<Shared>) -> HashMap<SessionId, Usage> {
    let age = shared.usage.last().as_ref().map(|look| look.at.elapsed());
    match age {
        Some(age) if age < FRESH => {}
        Some(age) if age < OLD => drop(tokio::spawn(look(Arc::clone(shared)))),
        _ => look(Arc::clone(shared)).await,
    }
    shared.usage.last().as_ref().map(|look| look.usage.clone()).unwrap_or_default()
}

impl Cache {
    fn last(&self) -> MutexGuard<'_, Option<Look>> {
        // Each change replaces the whole.
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks once, however many ask at the same time.
async fn look(shared: Arc<Shared>) {
    let _looking = shared.usage.looking.lock().await;
    let before = shared.usage.last().clone();
    if before.as_ref().is_some_and(|look| look.at.elapsed() < FRESH) {
        return;
    }
    let living = shared.reports().clone().into_iter().filter(|(_, report)| report.end.is_none());
    let roots: Vec<(SessionId, u32)> = living.map(|(id, report)| (id, report.process)).collect();
    if let Ok(look) = tokio::task::spawn_blocking(move || scan(&roots, before.as_ref())).await {
        *shared.usage.last() = Some(look);
    }
}

fn scan(roots: &[(SessionId, u32)], before: Option<&Look>) -> Look {
    let at = Instant::now();
    let stats = all();
    let page = system(SysconfVar::PAGE_SIZE, 4096);
    let hertz = system(SysconfVar::CLK_TCK, 100);
    let trees = trees(&stats, roots);
    let roots: HashSet<u32> = roots.iter().map(|(_, pid)| *pid).collect();
    let mut look = Look { at, usage: HashMap::new(), ticks: HashMap::new() };
    for (id, tree) in trees {
        let ticks = tree.iter().map(|stat| stat.ticks).sum();
        let memory = tree.iter().filter_map(|stat| parse_statm(&read(stat.pid, "statm")?));
        let earlier = before.and_then(|look| Some((look.at, *look.ticks.get(&id)?)));
        let usage = Usage {
            processes: u32::try_from(tree.len()).unwrap_or(u32::MAX),
            memory: memory.sum::<u64>() * page,
            cpu_permille: earlier.and_then(|(then, was)| permille(ticks, was, at - then, hertz)),
            stopped: tree.iter().any(|stat| stat.is_stopped() && roots.contains(&stat.pid)),
        };
        look.usage.insert(id, usage);
        look.ticks.insert(id, ticks);
    }
    look
}

/// A number that the kernel was built with.
fn system(what: SysconfVar, usual: u64) -> u64 {
    sysconf(what).ok().flatten().and_then(|value| value.try_into().ok()).unwrap_or(usual)
}

/// The processes below each root, the root included.
fn trees(stats: &[Stat], roots: &[(SessionId, u32)]) -> HashMap<SessionId, Vec<Stat>> {
    let parents: HashMap<u32, u32> = stats.iter().map(|stat| (stat.pid, stat.parent)).collect();
    let mut owners: HashMap<u32, Option<SessionId>> =
        roots.iter().map(|(id, pid)| (*pid, Some(*id))).collect();
    let mut trees: HashMap<SessionId, Vec<Stat>> = HashMap::new();
    for stat in stats {
        let mut path = Vec::new();
        let mut pid = stat.pid;
        // Read one after the other, the lines may tell of a circle: a process gone, its number used again.
        let owner = loop {
            if let Some(owner) = owners.get(&pid) {
                break *owner;
            }
            if path.contains(&pid) {
                break None;
            }
            path.push(pid);
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

/// Thousandths of one core over a while; none when the while says nothing.
fn permille(ticks: u64, before: u64, over: Duration, hertz: u64) -> Option<u32> {
    let milliseconds = u64::try_from(over.as_millis()).ok().filter(|ms| *ms > 0)?;
    if over > LATELY {
        return None;
    }
    // Processes that ended without being waited for take their time with them.
    let spent = ticks.saturating_sub(before);
    let permille = spent.saturating_mul(1_000_000) / hertz.max(1) / milliseconds;
    Some(u32::try_from(permille).unwrap_or(u32::MAX))
}

/// `pid (name) state ppid …`; the name may hold anything, so what follows counts from the last `)`.
fn parse_stat(text: &str) -> Option<Stat> {
    let (pid, rest) = text.split_once(" (")?;
    let (_, rest) = rest.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    // Times of children are signed there and never negative.
    let ticks = (14..=17).map(number).sum::<Option<u64>>()?;
    Some(Stat {
        pid: pid.parse().ok()?,
        parent: u32::try_from(number(4)?).ok()?,
        state: fields.first()?.chars().next()?,
        ticks,
    })
}

/// Pages that are resident and not of files: `size resident shared …`.
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
    fn a_recorded_line_is_understood() {
        let bash = Stat { pid: 4711, parent: 4700, state: 'S', ticks: 12 + 7 + 44 + 21 };
        assert_eq!(parse_stat(BASH), Some(bash));
        let stopped = BASH.replace(") S ", ") T ");
        assert_eq!(parse_stat(&stopped), Some(Stat { state: 'T', ..bash }));
        // A name may look like the rest of the line.
        let odd = BASH.replace("(bash)", "(a) S 1 (b) c)");
        assert_eq!(parse_stat(&odd), parse_stat(BASH));
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
    fn every_process_belongs_to_the_nearest_session_above() {
        let stats = [
            stat(1, 0),
            stat(40, 31),
            stat(10, 1),
            stat(11, 10),
            stat(30, 11),
            stat(31, 30),
            stat(20, 1),
            stat(50, 1),
            // A circle that never was, and a parent that is gone.
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
    fn processor_time_is_of_lately() {
        let second = Duration::from_secs(1);
        for (now, before, over, expected) in [
            (150, 100, second, Some(500)),
            (500, 100, second * 2, Some(2000)),
            (100, 100, second, Some(0)),
            (90, 100, second, Some(0)),
            (150, 100, Duration::ZERO, None),
            (150, 100, second * 61, None),
        ] {
            assert_eq!(permille(now, before, over, 100), expected, "{now} {before} {over:?}");
        }
    }

    #[test]
    fn a_process_may_be_called_anything() {
        let shell = "printf 'half \\346' >/proc/$$/comm && echo && read line";
        let mut command = std::process::Command::new("sh");
        command.args(["-c", shell]).stdin(std::process::Stdio::piped());
        let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut [0]).unwrap();
        let raw = fs::read(format!("/proc/{}/comm", child.id())).unwrap();
        let found = (of(child.id()), below(std::process::id()), read(child.id(), "status"));
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_eq!(raw, b"half \xe6\n");
        assert_eq!(found.0.map(|it| it.parent), Some(std::process::id()));
        assert!(found.1.contains(&child.id()), "{found:?}");
        assert!(found.2.is_some_and(|it| it.contains("\nPPid:")));
    }

    #[test]
    fn this_very_process_is_found() {
        let look = scan(&[(id(1), std::process::id())], None);
        let usage = look.usage[&id(1)];
        assert!(
            usage.processes >= 1 && usage.memory > 0 && usage.cpu_permille.is_none(),
            "{usage:?}"
        );
    }
}
