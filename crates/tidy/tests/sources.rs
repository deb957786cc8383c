//! Conventions of source files: header, length, and one concern per crate. Patterns are split where
//! this file would otherwise match itself.

use tidy::{File, files, no_breach, read};

/// Lines a file may have. Tests are exempt.
const LONGEST: usize = 400;

/// Files of up to 500 lines, each with the reason for not splitting it.
const LONG: [(&str, &str); 0] = [];

fn rust() -> Vec<File> {
    files(&[".rs"])
}

/// Returns every product line outside `homes` that contains one of `words` as a whole word.
fn strays(words: &[&str], homes: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in rust() {
        if homes.iter().any(|home| file.path.starts_with(home))
            || file.path.starts_with("crates/tidy/")
        {
            continue;
        }
        for (number, line) in file.product() {
            if words.iter().any(|word| contains_word(line, word)) {
                found.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    found
}

fn contains_word(line: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !line.get(..at).and_then(|it| it.chars().last()).is_some_and(part_of_name))
}

/// Returns every line, including tests, that contains one of `words`.
fn mentions(files: &[File], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        for (number, line) in file.numbered() {
            if words.iter().any(|word| line.contains(word)) {
                found.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    found
}

#[test]
fn every_file_has_a_header() {
    let breaches: Vec<String> = rust()
        .iter()
        .filter_map(|file| {
            let lines = file.text.lines().take_while(|line| line.starts_with("//!")).count();
            (!(1..=5).contains(&lines)).then(|| format!("{}: {lines} lines", file.path))
        })
        .collect();
    no_breach(
        "Every .rs file opens with 1 to 5 `//!` lines: its responsibility and limits.",
        &breaches,
    );
}

#[test]
fn files_stay_short() {
    let limit = |path: &str| if LONG.iter().any(|(long, _)| *long == path) { 500 } else { LONGEST };
    let breaches: Vec<String> = rust()
        .iter()
        .filter(|file| !file.is_test())
        .map(|file| (file, file.text.lines().count()))
        .filter(|(file, lines)| *lines > limit(&file.path))
        .map(|(file, lines)| format!("{}: {lines} lines", file.path))
        .collect();
    no_breach(
        "A file has at most 400 lines, or 500 with a reason in LONG: split it where its concerns part.",
        &breaches,
    );
}

#[test]
fn the_app_has_one_way_to_the_server() {
    let mut gates = Vec::new();
    for file in rust().iter().filter(|file| file.path.starts_with("app/src/")) {
        for (number, line) in file.numbered() {
            if line.contains("feature = \"") {
                gates.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert_eq!(gates.len(), 1, "exactly one feature gate in app: {gates:#?}");
    assert!(gates[0].ends_with("#[cfg(feature = \"ssr\")]"), "{gates:#?}");
    let context = read("app/src/lib.rs");
    let gated =
        context.lines().skip_while(|line| line.trim() != "#[cfg(feature = \"ssr\")]").nth(1);
    assert!(
        gated.is_some_and(|line| line.trim().ends_with("mod context;")),
        "it gates `mod context`"
    );
}

#[test]
fn sql_stays_in_store() {
    no_breach(
        "SQL only in store.",
        &strays(&["sea_orm::", "sea_query::", "sqlx::"], &["crates/store/"]),
    );
}

#[test]
fn http_stays_in_server() {
    no_breach(
        "HTTP only in server.",
        &strays(&["axum::", "hyper::", "tower_http::"], &["server/", "crates/cli/", "bench/"]),
    );
}

#[test]
fn processes_and_terminals_stay_below() {
    let words = ["portable_pty", "kill_process", "setsid(", "fork(", "ioctl_", "prctl"];
    // `websh attach` stops itself, and `init` is process 1 of a container.
    let exceptions = ["crates/cli/src/attach/mod.rs", "server/src/init.rs"];
    let homes = [&["crates/session/", "crates/host/", "bench/"][..], &exceptions].concat();
    no_breach("PTYs, forks and signals only in session and host.", &strays(&words, &homes));
}

#[test]
fn the_browser_stays_in_app() {
    no_breach("web-sys only in app.", &strays(&["web_sys"], &["app/"]));
}

#[test]
fn pure_crates_have_no_io() {
    let words = [
        "std::fs",
        "std::net",
        "std::thread",
        "std::env",
        "std::time::Instant",
        "SystemTime",
        "tokio::",
    ];
    let breaches: Vec<String> = strays(&words, &[])
        .into_iter()
        .filter(|line| {
            line.starts_with("crates/screen/src/") || line.starts_with("crates/protocol/src/")
        })
        .collect();
    no_breach("No I/O and no clock in screen and protocol.", &breaches);
}

#[test]
fn lints_are_expected_with_a_reason_never_allowed() {
    let breaches = mentions(&rust(), &[concat!("#[", "allow"), concat!("#![", "allow")]);
    no_breach(
        "#[expect(…, reason)] instead of allow: it warns when it is no longer needed.",
        &breaches,
    );
}

#[test]
fn code_has_no_open_ends() {
    let files = files(&[".rs", ".ts", ".css", ".toml", ".sh", ".proto"]);
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
    ];
    no_breach("Work is done or filed as an issue, not noted in code.", &mentions(&files, &words));
}

#[test]
fn no_test_is_skipped_or_retried() {
    let words = [
        concat!("#[", "ignore"),
        concat!("test", ".skip"),
        concat!("test", ".only"),
        concat!("test", ".fixme"),
        concat!("describe", ".only"),
        concat!("describe", ".skip"),
        concat!("waitFor", "Timeout"),
    ];
    let mut breaches = mentions(&files(&[".rs", ".ts"]), &words);
    let configured = mentions(&files(&["playwright.config.ts", "nextest.toml"]), &["retries"]);
    breaches.extend(
        configured
            .into_iter()
            .filter(|line| !line.ends_with("retries: 0,") && !line.ends_with("retries = 0")),
    );
    no_breach("Every test runs, once.", &breaches);
}

#[test]
fn tests_await_events() {
    let mut breaches = Vec::new();
    for file in rust() {
        for (number, line) in file.tests() {
            if line.contains(concat!("sleep", "(")) {
                breaches.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    no_breach("Tests wait for events, not for time to pass.", &breaches);
}

#[test]
fn no_file_names_a_developers_machine() {
    let files = files(&[
        ".rs", ".ts", ".md", ".toml", ".json", ".sh", ".css", ".proto", "Makefile", "run", "test",
        "setup",
    ]);
    let words = [
        concat!("/wo", "rk/"),
        concat!("../sha", "red"),
        concat!("/ro", "ot/"),
        concat!("/tm", "p/brief"),
    ];
    no_breach("The project works in any folder of any machine.", &mentions(&files, &words));
}

#[test]
fn pages_have_the_test_ids_of_the_tests() {
    let app: String = rust()
        .iter()
        .filter(|file| file.path.starts_with("app/src/"))
        .map(|file| file.text.as_str())
        .collect();
    // Some components derive ids from a given one by a suffix.
    let made = |name: &str| {
        name.rsplit_once('-').is_some_and(|(given, end)| {
            (app.contains(&format!("testid=\"{given}\""))
                || app.contains(&format!("Question::new(\"{given}\""))
                || app.contains(&format!("Self::new(\"{given}\"")))
                && app.contains(&format!("format!(\"{{testid}}-{end}\")"))
        })
    };
    let mut missing = Vec::new();
    for file in files(&[".ts"]).iter().filter(|file| file.path.starts_with("end2end/")) {
        for (at, call) in file.text.match_indices("getByTestId('") {
            let rest = file.text.get(at + call.len()..).unwrap_or_default();
            let name = rest.split('\'').next().unwrap_or_default();
            if !app.contains(&format!("\"{name}\"")) && !made(name) {
                missing.push(format!("{}: {name}", file.path));
            }
        }
    }
    no_breach("Every test id used by a test is in app.", &missing);
}

#[test]
fn links_in_documents_exist() {
    let mut broken = Vec::new();
    for file in files(&[".md"]) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (at, _) in file.text.match_indices("](") {
            let rest = file.text.get(at + 2..).unwrap_or_default();
            let target = rest.split([')', '#', ' ']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            if !tidy::root().join(folder).join(target).exists() {
                broken.push(format!("{}: {target}", file.path));
            }
        }
    }
    no_breach("Links between documents and to images exist.", &broken);
}

#[test]
fn paths_in_documents_exist() {
    let tops = ["app/", "bench/", "crates/", "deploy/", "docs/", "end2end/", "server/", "style/"];
    let mut broken = Vec::new();
    for file in files(&[".md"]) {
        for path in file.text.split('`').skip(1).step_by(2) {
            let plain = !path.contains(['{', '*', ' ', '\n', '…']);
            let path = path.split_once(':').map_or(path, |(path, _)| path);
            if plain
                && tops.iter().any(|top| path.starts_with(top))
                && !tidy::root().join(path).exists()
            {
                broken.push(format!("{}: {path}", file.path));
            }
        }
    }
    no_breach("Paths named in documents exist.", &broken);
}
