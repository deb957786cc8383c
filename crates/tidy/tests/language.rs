//! Wording of comments and of text that users read: plain engineering English, without the openings
//! and words that make a sentence hard to scan. `CONTRIBUTING.md` has the rules with examples.

use tidy::{
    File, files, no_breach,
    text::{Text, comments, strings},
};

/// First words that hide the subject of a comment: a verb or a noun phrase comes first instead.
const OPENINGS: [&str; 13] = [
    "What", "Who", "Whose", "Whom", "Whatever", "Whoever", "Whether", "How", "Where", "When",
    "Which", "Why", "That",
];

/// Verbs for people: code returns, sends, requests and receives.
const PERSONIFICATION: [&str; 11] =
    ["say", "says", "said", "tell", "tells", "told", "ask", "asks", "asked", "hears", "heard"];

/// Literary and translated forms.
const LITERARY: [&str; 22] = [
    "somebody",
    "nobody",
    "everybody",
    "anybody",
    "whoever",
    "whatever",
    "anew",
    "meanwhile",
    "for good",
    "in peace",
    "no more",
    "as many as",
    "as long as",
    "so many",
    "so long",
    "one's own",
    "be it",
    "falls shut",
    "works no",
    "can't be",
    "at once each",
    "is dear",
];

/// Returns the first of `words` that occurs in `text` as a whole word, ignoring case and `code`.
fn first<'a>(text: &str, words: &[&'a str]) -> Option<&'a str> {
    let prose: String = text.split('`').step_by(2).collect::<Vec<_>>().join("`").to_lowercase();
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-' || c == '/';
    words.iter().copied().find(|word| {
        prose.match_indices(word).any(|(at, _)| {
            let before = prose.get(..at).and_then(|it| it.chars().next_back());
            let after = prose.get(at + word.len()..).and_then(|it| it.chars().next());
            !before.is_some_and(part_of_word) && !after.is_some_and(part_of_word)
        })
    })
}

fn opening(text: &str) -> Option<&'static str> {
    let word = text.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    OPENINGS.into_iter().find(|it| *it == word)
}

fn breaches(
    file: &File,
    texts: &[Text],
    rule: impl Fn(&str) -> Option<&'static str>,
) -> Vec<String> {
    let found = texts.iter().filter_map(|it| Some((it, rule(&it.text)?)));
    found.map(|(it, word)| format!("{}:{}: {word}: {}", file.path, it.line, it.text)).collect()
}

fn commented() -> Vec<File> {
    let endings = [".rs", ".ts", ".mjs", ".css", ".proto", ".sh", ".toml", "Makefile"];
    let mut all = files(&endings);
    all.extend(
        files(&[""])
            .into_iter()
            .filter(|file| file.path.starts_with("scripts/") && !file.path.contains('.')),
    );
    all.retain(|file| file.path != "crates/tidy/tests/language.rs");
    all
}

#[test]
fn comments_open_with_a_verb_or_a_noun() {
    let found: Vec<String> =
        commented().iter().flat_map(|file| breaches(file, &comments(file), opening)).collect();
    no_breach("A comment opens with a verb or a noun phrase: see CONTRIBUTING.md.", &found);
}

#[test]
fn comments_are_plain_english() {
    let rule = |text: &str| first(text, &PERSONIFICATION).or_else(|| first(text, &LITERARY));
    let found: Vec<String> =
        commented().iter().flat_map(|file| breaches(file, &comments(file), rule)).collect();
    no_breach("Comments are plain engineering English: see CONTRIBUTING.md.", &found);
}

#[test]
fn text_for_users_is_plain_english() {
    // Identifiers, codes and paths have no space; sentences and labels of several words do.
    let rule = |text: &str| {
        let words = ["says", "said", "tells", "told", "hears", "heard"];
        text.contains(' ').then(|| first(text, &words).or_else(|| first(text, &LITERARY))).flatten()
    };
    let found: Vec<String> =
        files(&[".rs"]).iter().flat_map(|file| breaches(file, &strings(file), rule)).collect();
    no_breach("Text for users is plain English: see CONTRIBUTING.md.", &found);
}

#[test]
fn documents_are_plain_english() {
    let rule = |text: &str| first(text, &LITERARY);
    let mut found = Vec::new();
    for file in files(&[".md"]) {
        let lines: Vec<Text> =
            file.numbered().map(|(line, text)| Text { line, text: text.to_owned() }).collect();
        found.extend(breaches(&file, &lines, rule));
    }
    no_breach("Documents are plain English: see CONTRIBUTING.md.", &found);
}

#[test]
fn words_are_found_whole_and_outside_code() {
    assert_eq!(first("It tells the client", &PERSONIFICATION), Some("tells"));
    assert_eq!(first("Asks again", &PERSONIFICATION), Some("asks"));
    assert_eq!(first("a basket, an untold story, `ask`", &PERSONIFICATION), None);
    assert_eq!(first("valid as long as the cookie", &LITERARY), Some("as long as"));
    assert_eq!(opening("Whether it ended"), Some("Whether"));
    assert_eq!(opening("Whichever came first"), None);
    assert_eq!(opening("Returns the rest"), None);
    let file = File {
        path: "a.rs".to_owned(),
        text: "//! One\n//! two.\n\n/// Doc.\nfn f() { log!(\"a b\"); } // trailing\n// Reason.\n"
            .to_owned(),
    };
    let texts = |found: Vec<Text>| found.into_iter().map(|it| it.text).collect::<Vec<_>>();
    assert_eq!(texts(comments(&file)), ["One two.", "Doc.", "Reason."]);
    assert_eq!(texts(strings(&file)), ["a b"]);
}
