//! What long timeouts cost, with the figures of right now.

use leptos::prelude::*;
use protocol::api::WorkspaceUsage;

use crate::format;

/// The note; without figures where the person may not see them or they can't be had.
#[component]
pub fn UsageNote(
    /// The figures.
    usage: Option<WorkspaceUsage>,
) -> impl IntoView {
    let now = usage.as_ref().map(sentence).unwrap_or_default();
    view! {
        <p class="notice" data-testid="settings-usage">
            {format!("The longer it is, the longer sessions that nobody uses hold their memory. {now}")}
        </p>
    }
}

fn sentence(usage: &WorkspaceUsage) -> String {
    let WorkspaceUsage { sessions, idle, memory_bytes, idle_memory_bytes, .. } = *usage;
    let held = format::bytes(memory_bytes);
    match (sessions, idle) {
        (0, _) => "Right now no session is running.".into(),
        (1, 0) => format!("Right now 1 session is running and holds {held}; it is in use."),
        (1, _) => {
            format!("Right now 1 session is running and holds {held}; nobody is attached to it.")
        }
        (_, 0) => format!("Right now {sessions} sessions hold {held}; all are in use."),
        _ => format!(
            "Right now {sessions} sessions hold {held}; of that, {} are held by {idle} that nobody is attached to.",
            format::bytes(idle_memory_bytes)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        for (sessions, idle, held, idle_held, expected) in [
            (0, 0, 0, 0, "Right now no session is running."),
            (1, 0, 5_000_000, 0, "Right now 1 session is running and holds 5.0 MB; it is in use."),
            (
                1,
                1,
                5_000_000,
                5_000_000,
                "Right now 1 session is running and holds 5.0 MB; nobody is attached to it.",
            ),
            (3, 0, 5_000_000, 0, "Right now 3 sessions hold 5.0 MB; all are in use."),
            (
                3,
                2,
                9_000_000,
                4_200_000,
                "Right now 3 sessions hold 9.0 MB; of that, 4.2 MB are held by 2 that nobody is attached to.",
            ),
        ] {
            let usage = WorkspaceUsage {
                sessions,
                idle,
                memory_bytes: held,
                idle_memory_bytes: idle_held,
                bytes_buffered: 0,
            };
            assert_eq!(sentence(&usage), expected);
        }
    }
}
