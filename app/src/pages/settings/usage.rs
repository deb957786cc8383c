//! Text about the memory use of sessions, shown next to the idle timeout.

use protocol::api::WorkspaceUsage;

use crate::format;

/// The note; without figures when they are not available to the member.
pub fn note(usage: Option<WorkspaceUsage>) -> String {
    let now = usage.as_ref().map(sentence).unwrap_or_default();
    format!("A longer timeout keeps idle sessions in memory longer. {now}")
}

fn sentence(usage: &WorkspaceUsage) -> String {
    let WorkspaceUsage { sessions, idle, memory_bytes, idle_memory_bytes, .. } = *usage;
    let used = format::bytes(memory_bytes);
    match (sessions, idle) {
        (0, _) => "No sessions are running.".into(),
        (1, 0) => format!("1 running session uses {used}. A client is attached."),
        (1, _) => format!("1 running session uses {used}. No client is attached."),
        (_, 0) => {
            format!("{sessions} running sessions use {used}. Each has a client attached.")
        }
        _ => format!(
            "{sessions} running sessions use {used}, {} of it in {idle} without a client.",
            format::bytes(idle_memory_bytes)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_matches_the_figures() {
        for (sessions, idle, used, idle_used, expected) in [
            (0, 0, 0, 0, "No sessions are running."),
            (1, 0, 5_000_000, 0, "1 running session uses 5.0 MB. A client is attached."),
            (1, 1, 5_000_000, 5_000_000, "1 running session uses 5.0 MB. No client is attached."),
            (3, 0, 5_000_000, 0, "3 running sessions use 5.0 MB. Each has a client attached."),
            (
                3,
                2,
                9_000_000,
                4_200_000,
                "3 running sessions use 9.0 MB, 4.2 MB of it in 2 without a client.",
            ),
        ] {
            let usage = WorkspaceUsage {
                sessions,
                idle,
                memory_bytes: used,
                idle_memory_bytes: idle_used,
                bytes_buffered: 0,
            };
            assert_eq!(sentence(&usage), expected);
        }
    }
}
