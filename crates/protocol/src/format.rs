//! Text for people, on pages and the command line: times, sizes and ends of sessions. Pure.

use chrono::{DateTime, Datelike, Timelike, Utc};

use crate::api::{EndReason, Session};

/// Formats a time in the past: `just now`, `3 min ago`, `2 h ago`, `5 days ago`.
pub fn ago(then: DateTime<Utc>, now_millis: i64) -> String {
    let seconds = (now_millis - then.timestamp_millis()).max(0) / 1000;
    match seconds {
        0..45 => "just now".into(),
        45..5_400 => format!("{} min ago", (seconds + 30) / 60),
        5_400..129_600 => format!("{} h ago", (seconds + 1_800) / 3_600),
        _ => format!("{} days ago", (seconds + 43_200) / 86_400),
    }
}

/// Formats a point in time in full: `2026-11-21 05:14 UTC`.
pub fn at(time: DateTime<Utc>) -> String {
    // Written out: the general formatter is a large part of what a browser would have to load.
    let (year, month, day) = (time.year(), time.month(), time.day());
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", time.hour(), time.minute())
}

/// Formats a number of bytes: `312 B`, `4.2 KB`, `1.3 MB`.
pub fn bytes(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = bytes.saturating_mul(10) / unit;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} KB", tenths(1_000)),
        _ => format!("{} MB", tenths(1_000_000)),
    }
}

/// Formats processor time, given in thousandths of a core: `0 %`, `4 %`, `1.5 cores`.
pub fn cpu(permille: u32) -> String {
    match permille {
        0..1_000 => format!("{} %", permille.div_ceil(10)),
        _ => format!("{}.{} cores", permille / 1_000, permille % 1_000 / 100),
    }
}

/// Returns the end of a session as text for people.
pub fn ending(session: &Session) -> String {
    let by = session.ended_by.as_deref();
    match session.end_reason {
        Some(EndReason::Exited) | None => match (session.exit_code, session.exit_signal) {
            (_, Some(signal)) => format!("The shell was ended by signal {signal}."),
            (Some(code), None) => format!("The shell exited with status {code}."),
            (None, None) => "The shell exited.".into(),
        },
        Some(EndReason::Closed) => match by {
            Some(by) => format!("{by} closed this session. Everything in it has ended."),
            None => "This session was closed. Everything in it has ended.".into(),
        },
        Some(EndReason::Expired) => {
            "This session was idle for longer than its timeout and has expired.".into()
        }
        Some(EndReason::Dropped) => {
            let by = by.unwrap_or("The staff");
            match session.end_note.as_deref().map(str::trim).filter(|it| !it.is_empty()) {
                Some(why) if why.ends_with(['.', '!', '?', '…']) => {
                    format!("{by} dropped this session: {why}")
                }
                Some(why) => format!("{by} dropped this session: {why}."),
                None => format!("{by} dropped this session."),
            }
        }
        Some(EndReason::Lost) => {
            "This session was lost: the machine restarted or the session process crashed.".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::samples;

    #[test]
    fn times() {
        let then = DateTime::from_timestamp_millis(1_700_000_000_000).unwrap();
        for (seconds, words) in [
            (-5, "just now"),
            (44, "just now"),
            (45, "1 min ago"),
            (90, "2 min ago"),
            (3_600, "60 min ago"),
            (5_400, "2 h ago"),
            (86_400, "24 h ago"),
            (172_800, "2 days ago"),
        ] {
            assert_eq!(ago(then, 1_700_000_000_000 + seconds * 1000), words, "{seconds}");
        }
        assert_eq!(at(then), "2023-11-14 22:13 UTC");
    }

    #[test]
    fn sizes() {
        for (size, words) in [
            (0, "0 B"),
            (999, "999 B"),
            (4_250, "4.2 KB"),
            (1_300_000, "1.3 MB"),
            (u64::MAX, "1844674407370.9 MB"),
        ] {
            assert_eq!(bytes(size), words);
        }
    }

    #[test]
    fn processor_time() {
        for (permille, words) in
            [(0, "0 %"), (1, "1 %"), (42, "5 %"), (999, "100 %"), (1_550, "1.5 cores")]
        {
            assert_eq!(cpu(permille), words);
        }
    }

    #[test]
    fn an_ending_is_a_sentence() {
        for (note, words) in [
            ("", "Ann dropped this session."),
            ("in the way", "Ann dropped this session: in the way."),
            ("In the way!", "Ann dropped this session: In the way!"),
        ] {
            let session = Session {
                end_reason: Some(EndReason::Dropped),
                ended_by: Some("Ann".into()),
                end_note: Some(note.into()),
                ..samples::session(1)
            };
            assert_eq!(ending(&session), words);
        }
    }
}
